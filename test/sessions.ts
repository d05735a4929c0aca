import type { Check } from '../lambda/checks/check.ts';
import { runEach } from '../lambda/checks/run.ts';
import type { Finding } from '../lambda/core/finding.ts';
import { buildModel } from '../lambda/model/model.ts';
import type { Settings } from '../lambda/settings/settings.ts';
import type { SessionCohort, SessionGroup, SessionsSource, Sources } from '../lambda/snapshot/snapshot.ts';
import { healthySnapshot, litellm, seen, server, sessionGroup, sessions, settingsFor, TAKEN_AT } from './snapshots.ts';

/** The time so many minutes before the snapshot was taken. */
export function ago(minutes: number): string {
  return new Date(Date.parse(TAKEN_AT) - minutes * 60_000).toISOString();
}

/** Ten sessions that started together `started` minutes ago; idle for `idle` minutes, or since the start with one active when that is null. */
export function cohort(
  started: number,
  idle: number | null,
  { count = 10, ...overrides }: Partial<SessionCohort> = {},
): SessionCohort {
  return {
    user: 'litellm',
    database: 'litellm',
    clientAddress: '10.0.3.17',
    iam: true,
    firstStart: ago(started),
    lastStart: ago(started - 0.1),
    count,
    idle: idle === null ? count - 1 : count,
    oldestIdleSince: ago(started - 0.1),
    newestIdleSince: ago(idle ?? started - 0.1),
    ...overrides,
  };
}

/** A sessions source of cohorts, with the groups that belong to them; `more` are groups of others. */
export function fromCohorts(
  cohorts: readonly SessionCohort[],
  more: readonly SessionGroup[] = [],
  overrides: Partial<SessionsSource> = {},
): SessionsSource {
  const groups = [...Map.groupBy(cohorts, ({ user, clientAddress }) => `${user}@${clientAddress}`).values()].flatMap(
    (own) => {
      const [first] = own;
      if (first === undefined) return [];
      const { user, database, clientAddress, iam } = first;
      return [
        sessionGroup({ user, database, clientAddress, iam, count: own.reduce((sum, { count }) => sum + count, 0) }),
      ];
    },
  );
  return sessions({ groups: [...groups, ...more], cohorts, cohortCount: cohorts.length, ...overrides });
}

/** Everything that the topology can be configured with: no guess is left. */
const KNOWN = { poolLimit: 10, workersPerPod: 1, pods: 2 } as const;

/** No heartbeats: the configuration or the sessions decide. */
export const NO_HEARTBEATS: Partial<Sources> = { litellm: seen(litellm({ workers: { state: 'no-table' } })) };

/** The findings of one check for these sessions, on a server with room for them. */
export function evaluateSessions(
  check: Check,
  source: SessionsSource,
  options: {
    readonly settings?: Partial<Settings>;
    readonly sources?: Partial<Sources>;
    readonly version?: string | null;
    readonly maxConnections?: number;
  } = {},
): readonly Finding[] {
  const snapshot = healthySnapshot({
    configuredVersion: options.version === undefined ? '1.108.13' : options.version,
    sources: {
      server: seen(server({ maxConnections: options.maxConnections ?? 505 })),
      sessions: seen(source),
      ...NO_HEARTBEATS,
      ...options.sources,
    },
  });
  const settings = settingsFor({ ...KNOWN, ...options.settings });
  return runEach([check], snapshot, buildModel(snapshot, settings), settings);
}
