import { z } from 'zod';

const savedSchema = z.looseObject({ takenAt: z.iso.datetime(), sources: z.looseObject({}) });

/** What of another snapshot goes into a case. */
export interface Recording {
  /** The sources as they were read, by name. */
  readonly sources: Readonly<Record<string, unknown>>;
  /** When they were read; their times are moved to those of the case. */
  readonly takenAt: string;
  /** Addresses of the sandbox, and those that the case has in their place. */
  readonly addresses: ReadonlyMap<string, string>;
}

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;

/** The text of a case with recorded sources in place of those that it lacked. Everything else of it stays as it is. */
export function withRecording(caseText: string, { sources, takenAt, addresses }: Recording): string {
  const saved = savedSchema.parse(JSON.parse(caseText));
  const later = Date.parse(saved.takenAt) - Date.parse(takenAt);
  const moved = (value: unknown): unknown => {
    if (typeof value === 'string') return addresses.get(value) ?? (MOMENT.test(value) ? movedBy(value, later) : value);
    if (Array.isArray(value)) return value.map(moved);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, moved(inner)]));
  };
  return JSON.stringify({
    ...saved,
    sources: {
      ...saved.sources,
      ...Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, moved(source)])),
    },
  });
}

/** In PostgreSQL's form, microseconds included. */
function movedBy(moment: string, milliseconds: number): string {
  const micro = /\.(\d+)/.exec(moment)?.[1]?.padEnd(6, '0').slice(3, 6) ?? '000';
  return new Date(Date.parse(moment) + milliseconds).toISOString().replace('Z', `${micro}+00:00`);
}
