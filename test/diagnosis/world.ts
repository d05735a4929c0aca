import type { CheckFinding } from '../../lambda/checks/registry.ts';
import type { Settings } from '../../lambda/settings/settings.ts';
import type {
  CloudWatchSource,
  FailureKind,
  LocksSource,
  ProxyLogSource,
  RouterSettingsSource,
  SessionsSource,
  Snapshot,
  Sources,
} from '../../lambda/snapshot/snapshot.ts';
import { type Counted, counted } from '../activity.ts';
import {
  cloudwatch,
  evaluate,
  failed,
  healthySnapshot,
  litellm,
  proxy,
  proxyLog,
  routerSettings,
  seen,
  server,
  settingsFor,
  skipped,
  TAKEN_AT,
} from '../snapshots.ts';

/** What differs from two healthy pods on LiteLLM 1.108.13, with pools of ten and 55 usable slots. */
export interface World {
  readonly version?: string;
  readonly settings?: Partial<Settings>;
  readonly maxConnections?: number;
  readonly sessions?: SessionsSource;
  readonly locks?: LocksSource;
  /** The sessions could not be read, while everything else could. */
  readonly sessionsUnseen?: boolean;
  /** Why the auditor gets no connection, and so sees nothing of the database. */
  readonly refused?: FailureKind;
  /** What CloudWatch counts, by the hour of six. */
  readonly connections?: (hour: number) => number;
  /** Lines of the proxy's log. */
  readonly logged?: ProxyLogSource['lines'];
  /** Logins with a token that failed, of ten, and why. */
  readonly refusedTokens?: number;
  readonly refusedFor?: NonNullable<CloudWatchSource['iam']>['failures'][number]['cause'];
  readonly proxyDisconnected?: boolean;
  readonly routerSettings?: Partial<RouterSettingsSource>;
  /** Between an earlier audit and this one. */
  readonly counted?: Counted;
  readonly requestsWithUserConfig?: number;
  /** In place of what follows from the above. */
  readonly sources?: Partial<Sources>;
}

export function snapshotOf(world: World): Snapshot {
  return healthySnapshot({
    configuredVersion: world.version ?? '1.108.13',
    sources: {
      ...databaseOf(world),
      cloudwatch: cloudwatchOf(world),
      'proxy-log': seen(proxyLog(world.logged)),
      ...(world.proxyDisconnected && {
        proxy: seen(proxy({ readiness: [{ httpStatus: 503, database: 'disconnected' }] })),
      }),
      ...world.sources,
    },
  });
}

export function settingsOf({ settings }: World): Settings {
  return settingsFor({ poolLimit: 10, workersPerPod: 1, pods: 2, ...settings });
}

/** What the real checks find in it. */
export function findingsIn(world: World): readonly CheckFinding[] {
  return evaluate(snapshotOf(world), settingsOf(world));
}

function databaseOf(world: World): Partial<Sources> {
  const { refused, maxConnections = 60, sessions, sessionsUnseen = false, locks } = world;
  if (refused !== undefined) {
    const none = skipped('There is no connection to the database.');
    return {
      connection: failed(refused),
      server: none,
      sessions: none,
      locks: none,
      tables: none,
      'router-settings': none,
      litellm: none,
    };
  }
  return {
    server: seen(server({ maxConnections })),
    ...(sessions && { sessions: seen(sessions) }),
    ...(locks && { locks: seen(locks) }),
    // By PostgreSQL's own deadline for a statement: the connection lives, and the role may see them.
    ...(sessionsUnseen && { sessions: failed('timeout', { code: '57014' }) }),
    'router-settings': seen(routerSettings(world.routerSettings)),
    ...litellmOf(world),
  };
}

function litellmOf({ counted: between, requestsWithUserConfig = 0 }: World): Partial<Sources> {
  const tables = {
    workers: { state: 'no-table' },
    userConfig: { state: 'seen', requests: 500, withBody: 500, withUserConfig: requestsWithUserConfig },
  } as const;
  return between === undefined ? { litellm: seen(litellm(tables)) } : counted(between, tables);
}

function cloudwatchOf({
  connections = () => 20,
  refusedTokens = 0,
  refusedFor = 'insufficient-permissions',
}: World): Sources['cloudwatch'] {
  return seen(
    cloudwatch({
      connections: { periodSeconds: 300, points: pointsOf(connections) },
      iam: {
        requests: 10,
        failures: refusedTokens > 0 ? [{ cause: refusedFor, count: refusedTokens }] : [],
      },
    }),
  );
}

/** Six hours of readings, the last one when the snapshot was taken. */
export function pointsOf(level: (hour: number) => number): CloudWatchSource['connections']['points'] {
  const start = Date.parse(TAKEN_AT) - 6 * 3_600_000;
  return Array.from({ length: 73 }, (_, index) => ({
    at: new Date(start + index * 300_000).toISOString(),
    value: Math.round(level(index / 12)),
  }));
}
