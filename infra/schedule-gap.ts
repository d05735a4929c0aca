import type { DatabaseConfig } from './config-fields.ts';

const MINUTES = { minute: 1, hour: 60, day: 1440 } as const;

/** Minutes between two runs of `rate(...)`; undefined for cron, whose gaps differ. */
export function parseRateMinutes(expression: string): number | undefined {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  if (count === undefined || (unit !== 'minute' && unit !== 'hour' && unit !== 'day')) return undefined;
  return Number(count) * MINUTES[unit];
}

/** The longest time between two audits, in minutes: as configured, otherwise the rate, otherwise a day. */
export function longestGapMinutes(schedule: DatabaseConfig['schedule']): number {
  return schedule.longestGapMinutes ?? parseRateMinutes(schedule.expression) ?? MINUTES.day;
}
