import { LOG_PHRASE_IDS } from '../../lambda/litellm/log-phrases.ts';
import type { Settings } from '../../lambda/settings/settings.ts';
import type {
  IdleTransaction,
  LoadSeriesName,
  ProxySource,
  RdsSource,
  ServerSource,
  Snapshot,
  StatementsSeen,
} from '../../lambda/snapshot/snapshot.ts';
import { ago, cohort, fromCohorts } from '../sessions.ts';
import {
  cloudwatch,
  GIB,
  healthySnapshot,
  litellm,
  load,
  proxy,
  proxyLog,
  rds,
  rdsInstance,
  seen,
  server,
  sessionGroup,
  settingsFor,
  TAKEN_AT,
} from '../snapshots.ts';

/** A level by the hours before the audit. */
export type Level = (hoursAgo: number) => number;

/** The connections that a pod opened together. */
export interface Opened {
  readonly minutesAgo: number;
  /** How long all of them have been idle; null: one is at work. */
  readonly idleMinutes: number | null;
  readonly count: number;
}

/** One pod of the proxy, with the pools that it has. */
export interface Pod {
  readonly address: string;
  readonly opened: readonly Opened[];
}

/** A proxy, its database and what AWS says of it, as the dimensions set it. What none of them sets is as in `QUIET`. */
export interface Scene {
  readonly login: 'iam' | 'password';
  readonly pods: readonly Pod[];
  /** Sessions of other programs, by user. */
  readonly others: Readonly<Record<string, number>>;
  readonly usable: number;
  /** What CloudWatch counts; the sessions of the scene by default. */
  readonly connections: Level | null;
  readonly load: Readonly<Partial<Record<LoadSeriesName, Level>>>;
  readonly statements: StatementsSeen;
  readonly transactions: readonly IdleTransaction[];
  readonly startedMinutesAgo: number;
  readonly server: Partial<ServerSource>;
  readonly events: readonly { readonly minutesAgo: number; readonly category: string }[];
  readonly storage: { readonly allocated: number; readonly max: number | null; readonly free: Level };
  readonly instanceStatus: string;
  readonly iam: { readonly requests: number; readonly failed: number };
  readonly readiness: ProxySource['readiness'];
  readonly log: Readonly<Record<string, number>>;
  /** For a dimension of a source that the scene does not have: the last to change the snapshot. */
  readonly after: readonly ((snapshot: Snapshot) => Snapshot)[];
}

export const CONNECTED = { httpStatus: 200, database: 'connected' } as const;

/** Nothing happens. */
export const QUIET: Scene = {
  login: 'password',
  pods: ['10.0.3.17', '10.0.3.18', '10.0.3.19'].map((address) => ({
    address,
    opened: [{ minutesAgo: 600, idleMinutes: 1, count: 8 }],
  })),
  others: {},
  usable: 195,
  connections: null,
  load: {},
  statements: { active: [], long: [], longCount: 0 },
  transactions: [],
  startedMinutesAgo: 40 * 24 * 60,
  server: {},
  events: [],
  storage: { allocated: 100, max: null, free: () => 60 },
  instanceStatus: 'available',
  iam: { requests: 400, failed: 0 },
  readiness: [CONNECTED, CONNECTED, CONNECTED],
  log: {},
  after: [],
};

/** Hours that CloudWatch is asked for: the window of the trend, and the day before. */
const HOURS = 36;
const LOAD_HOURS = 6;
/** Fewer readings than CloudWatch has, so that many scenes can be evaluated. */
const STEP_MINUTES = 15;

/** What an audit of the scene sees. */
export function snapshotOf(scene: Scene): Snapshot {
  const { sessions, total } = sessionsOf(scene);
  const connections = scene.connections ?? (() => total);
  const iam = scene.login === 'iam';
  const snapshot = healthySnapshot({
    sources: {
      server: seen(
        server({ maxConnections: scene.usable + 5, startedAt: ago(scene.startedMinutesAgo), ...scene.server }),
      ),
      sessions: seen({
        ...sessions,
        statements: scene.statements,
        idleTransactions: [...scene.transactions],
        idleTransactionCount: scene.transactions.length,
      }),
      litellm: seen(
        litellm({
          workers: {
            state: 'seen',
            live: scene.pods.length,
            podCount: scene.pods.length,
            pods: scene.pods.map(({ address }) => ({ hostname: `pod-${address}`, workers: 1 })),
          },
        }),
      ),
      rds: seen(rdsOf(scene)),
      cloudwatch: seen(
        cloudwatch({
          connections: { periodSeconds: STEP_MINUTES * 60, points: series(connections, HOURS, STEP_MINUTES) },
          iam: iam
            ? {
                requests: scene.iam.requests,
                failures: scene.iam.failed > 0 ? [{ cause: 'insufficient-permissions', count: scene.iam.failed }] : [],
              }
            : null,
        }),
      ),
      load: seen(loadOf(scene)),
      proxy: seen(proxy({ readiness: [...scene.readiness] })),
      'proxy-log': seen(proxyLog(Object.fromEntries(LOG_PHRASE_IDS.map((id) => [id, scene.log[id] ?? 0])))),
    },
  });
  return scene.after.reduce((current, change) => change(current), snapshot);
}

export function settingsOf(): Settings {
  return settingsFor({ poolLimit: 10, workersPerPod: 1 });
}

function sessionsOf({ pods, others, login }: Scene) {
  const more = Object.entries(others).map(([user, count]) =>
    sessionGroup({ user, database: user, clientAddress: '10.0.9.4', iam: false, count }),
  );
  const cohorts = pods.flatMap(({ address, opened }) =>
    opened.map(({ minutesAgo, idleMinutes, count }) =>
      cohort(minutesAgo, idleMinutes, { clientAddress: address, iam: login === 'iam', count }),
    ),
  );
  const sessions = fromCohorts(cohorts, more);
  return { sessions, total: sessions.total };
}

function rdsOf({ storage, instanceStatus, events }: Scene): RdsSource {
  return rds({
    instances: [
      rdsInstance({
        class: 'db.m7g.large',
        status: instanceStatus,
        allocatedStorage: storage.allocated,
        maxAllocatedStorage: storage.max,
      }),
    ],
    events: {
      state: 'seen',
      events: events.map(({ minutesAgo, category }) => ({ at: ago(minutesAgo), categories: [category] })),
    },
  });
}

function loadOf({ load: levels, storage }: Scene) {
  const all: Scene['load'] = { freeStorageBytes: (hoursAgo) => storage.free(hoursAgo) * GIB, ...levels };
  return {
    ...load({ freeMemoryBytes: 2 * GIB }),
    ...Object.fromEntries(Object.entries(all).map(([name, level]) => [name, series(level, LOAD_HOURS, 5)])),
  };
}

/** Readings up to the audit, oldest first. */
function series(level: Level, hours: number, stepMinutes: number) {
  const count = (hours * 60) / stepMinutes;
  const end = Date.parse(TAKEN_AT);
  return Array.from({ length: count }, (_, index) => {
    const minutesAgo = (count - 1 - index) * stepMinutes;
    return { at: new Date(end - minutesAgo * 60_000).toISOString(), value: Math.max(0, level(minutesAgo / 60)) };
  });
}
