import type { SessionsSource } from '../../lambda/snapshot/snapshot.ts';
import { cohort, fromCohorts } from '../sessions.ts';
import {
  cloudwatch,
  failed,
  GIB,
  globalRow,
  holders,
  idleTransaction,
  load,
  lockSession,
  locks,
  pile,
  rds,
  rdsInstance,
  seen,
  server,
  sessionGroup,
  sessions,
  statements,
  tableStatistics,
  tables,
} from '../snapshots.ts';
import type { World } from './world.ts';

/** What makes one check bad, and few others. Spread together they make a world. */

/** Many slots, so that what leaks does not fill them. */
const WIDE = { maxConnections: 505 } as const;
const ONE_POD = { settings: { pods: 1 } } as const;

/** Each refresh of the token left eight sessions. */
export const IAM_LEAK: World = { ...ONE_POD, ...WIDE, sessions: stairs(true) };

/** The same under a password: more than the pools of the pod's workers can hold. */
export const PASSWORD_LEAK: World = { ...ONE_POD, ...WIDE, sessions: stairs(false) };

/** Two worker processes, of which one can have died. */
export const TWO_WORKERS: World = { settings: { pods: 1, workersPerPod: 2 } };

/** As few slots as leave less than ten free beside a leak. */
export const NARROW: World = { maxConnections: 60 };

/** Three connections an hour, with the last slot gone in about two. */
export const GROWTH: World = { connections: (hour) => 30 + 3 * hour };

/** Twelve connections within the last hour and a half, all of LiteLLM's sessions that started since. */
export const RECENT_GROWTH: World = {
  maxConnections: 85,
  connections: (hour) => 30 + (hour < 4.5 ? 0 : 14 * (hour - 4.5)),
  sessions: fromCohorts([
    cohort(400, 0, { count: 9, iam: false }),
    cohort(400, 0, { count: 9, iam: false, clientAddress: '10.0.3.18' }),
    ...[80, 60, 40, 20].map((started) => cohort(started, 0, { count: 5, iam: false })),
  ]),
  settings: { poolLimit: 40, pods: 1, rollingSurgePercent: 0 },
};

/** The same growth as GROWTH, of another program's sessions: those of LiteLLM are older than it. */
export const OTHERS_GROW: World = {
  ...GROWTH,
  sessions: fromCohorts([
    cohort(500, 0, { count: 8 }),
    cohort(500, 0, { count: 8, clientAddress: '10.0.3.18' }),
    ...[300, 200, 100].map((started) =>
      cohort(started, 0, { count: 6, user: 'grafana', database: 'grafana', clientAddress: '10.0.9.4', iam: false }),
    ),
  ]),
  settings: { rollingSurgePercent: 0 },
};

/** Few free slots, most of them held by services that log in as LiteLLM's own user. */
export const SHARED_USER: World = {
  sessions: sessions({
    groups: [
      sessionGroup(),
      sessionGroup({ clientAddress: '10.0.3.18' }),
      sessionGroup({ application: 'usage-sync', clientAddress: '10.0.9.4', count: 30 }),
    ],
  }),
  settings: { rollingSurgePercent: 0 },
};

/** Both pools nearly full, and the slots with them; nobody leaks. */
export const FEW_FREE: World = {
  sessions: twoPods(23, 23),
  settings: { poolLimit: 25, rollingSurgePercent: 0 },
};

/** Few free slots, while whose sessions they are is hidden from the role, on a version with several leaks. */
export const HIDDEN: World = {
  sessions: sessions({ total: 46, hidden: 26 }),
  settings: { rollingSurgePercent: 0 },
  version: '1.81.9',
};

/** The pool of a refresh twenty minutes ago beside the larger one of the last refresh: more than that one alone. */
export const OVER_CEILING: World = { ...ONE_POD, ...WIDE, sessions: twoPools() };

/** On each of two pods a pool of 33, as Prisma makes it by itself on 16 cores, where the limit is ten. */
export const LIMIT_IGNORED: World = {
  ...WIDE,
  sessions: fromCohorts(
    ['10.0.3.17', '10.0.3.18'].map((clientAddress) => cohort(240, 0, { count: 33, clientAddress, iam: false })),
  ),
};

/** As many on each, and another number than Prisma's. */
export const TOO_MANY_WORKERS: World = {
  ...WIDE,
  sessions: fromCohorts(
    ['10.0.3.17', '10.0.3.18'].map((clientAddress) => cohort(240, 0, { count: 30, clientAddress, iam: false })),
  ),
};

/** Another program holds most of what is used. */
export const OTHER_APPLICATION: World = {
  sessions: sessions({
    groups: [
      sessionGroup(),
      sessionGroup({ clientAddress: '10.0.3.18' }),
      sessionGroup({ user: 'grafana', database: 'grafana', clientAddress: '10.0.9.4', iam: false, count: 30 }),
    ],
  }),
};

/** The same, where there is room for all. */
export const OTHER_APPLICATION_WITH_ROOM: World = {
  maxConnections: 65,
  sessions: sessions({
    groups: [
      sessionGroup({ count: 4 }),
      sessionGroup({ user: 'grafana', database: 'grafana', clientAddress: '10.0.9.4', iam: false, count: 31 }),
    ],
  }),
};

/** Services that log in as LiteLLM's own user, where there is room for all. */
export const SHARED_USER_WITH_ROOM: World = {
  maxConnections: 65,
  sessions: sessions({
    groups: [
      sessionGroup({ count: 4 }),
      sessionGroup({ application: 'usage-sync', clientAddress: '10.0.9.4', count: 31 }),
    ],
  }),
  settings: { rollingSurgePercent: 0 },
};

/** 61 sessions by configuration, on 55 slots of which most are free. */
export const LARGE_POOLS: World = { settings: { poolLimit: 30 } };

/** The pools fit, but not beside those that a rolling deployment adds. */
export const LARGE_WHILE_DEPLOYING: World = { settings: { poolLimit: 25 } };

/** It builds a Router on each request where router_settings are. */
export const PER_REQUEST_VERSION: World = { version: '1.81.3' };
/** What is stated is no version, so that it may be one of those. */
export const NO_VERSION: World = { version: 'unstable' };

export const GLOBAL_ROW: World = { routerSettings: { global: globalRow() } };
export const TEAM_SETTINGS: World = { routerSettings: { team: holders({ live: 3 }) } };
export const KEY_SETTINGS: World = { routerSettings: { key: holders({ live: 5 }) } };

export const USER_CONFIG: World = { requestsWithUserConfig: 3 };

export const OPEN_TRANSACTION: World = {
  sessions: sessions({ idleTransactions: [idleTransaction({ idleSeconds: 2000 })] }),
};

/** Three sessions wait for a row that an open transaction has changed. */
export const LOCK_PILE: World = { locks: pile(lockSession(), [40, 39, 38]) };
/** The same transaction, as the sessions show it. */
export const LOCK_PILE_SEEN: World = {
  ...LOCK_PILE,
  sessions: sessions({ idleTransactions: [idleTransaction({ idleSeconds: 120, blocking: 3 })] }),
};

/** A session of an ended job holds the lock of migrations. */
const HOLDER = lockSession({ state: 'idle', stateSeconds: 3000, transactionSeconds: null, rowTables: [] });
export const ORPHANED_LOCK: World = {
  locks: locks({ sessions: [HOLDER], migrationLock: [{ pid: HOLDER.pid, granted: true }] }),
};
/** And another one waits for it. */
export const ORPHANED_LOCK_AND_WAIT: World = {
  locks: {
    ...pile(HOLDER, [9], {
      waits: { lock: 'advisory', mode: 'ExclusiveLock', seconds: 9, relation: null },
      rowTables: [],
    }),
    migrationLock: [
      { pid: HOLDER.pid, granted: true },
      { pid: 5000, granted: false },
    ],
  },
};

/** A migration that waits for the open transaction too. */
export const HANGING_MIGRATION: World = {
  locks: { ...pile(lockSession(), [40, 39, 38]), migrationLock: [{ pid: 5000, granted: true }] },
};

/** 210 million rows, a third of them dead. */
export const OUTGROWN: World = {
  sources: {
    tables: seen(
      tables({
        tables: [tableStatistics({ estimatedRows: 210_000_000, liveRows: 140_000_000, deadRows: 70_000_000 })],
      }),
    ),
  },
};

export const POOL_TIMEOUTS: World = { logged: { poolTimeouts: 31 } };
export const ATTEMPTS_FAIL: World = { logged: { connectionAttemptsFailed: 31 } };
export const ENGINE_GONE: World = { logged: { engineNotConnected: 31 } };
export const CLOSED: World = { logged: { closedConnections: 31 } };
/** The server refused connections for want of a slot. */
export const SLOTS_REFUSED: World = { logged: { slotsRefused: 31 } };
/** The CONNECTION LIMIT of LiteLLM's role is used up; sessions() of two pods, otherwise. */
export const LIMIT_REACHED: World = { sessions: limited(sessions()) };
export const LIMIT_REFUSED: World = { logged: { limitRefused: 31 }, sessionsUnseen: true };
/** Behind RDS Proxy, whose metrics say that it shares nothing. */
export const PINNED: World = {
  maxConnections: 105,
  sessions: behindRdsProxy(20),
  sources: {
    cloudwatch: seen(cloudwatch({ rdsProxy: { name: 'litellm', connections: 42, pinned: 40 } })),
  },
};
export const PINNED_NARROW: World = { ...PINNED, maxConnections: 52 };
export const PROXY_DOWN: World = { proxyDisconnected: true };
export const TOKENS_REFUSED: World = { refusedTokens: 8 };
/** They were too old, as when nobody renews them. */
export const TOKENS_EXPIRED: World = { refusedTokens: 8, refusedFor: 'invalid-token' };

export const SILENT: World = { refused: 'timeout', connections: (hour) => (hour < 5 ? 20 : 0) };
/** It let the auditor in and then fell silent. */
export const SILENT_LATER: World = { sources: { 'router-settings': failed('timeout') } };
/** As PostgreSQL sees it; two vCPUs. */
const CROWD = statements({ active: [{ waitsFor: null, count: 20, lasting: 20 }] });
export const OVERLOADED: World = {
  sources: { load: seen(load({ cpuPercent: 94 })), sessions: seen(sessions({ statements: CROWD })) },
};
export const STORAGE_SHORT: World = { sources: { load: seen(load({ freeStorageBytes: GIB })) } };
/** It was an hour ago, and LiteLLM says that it is connected. */
export const LEFT_BEHIND: World = {
  sessions: sessions({ groups: [] }),
  sources: {
    rds: seen(
      rds({ events: { state: 'seen', events: [{ at: '2026-11-22T02:00:00.000Z', categories: ['failover'] }] } }),
    ),
  },
};
export const READ_ONLY: World = {
  sources: { server: seen(server({ readOnlySettings: [{ inDatabase: true, role: null, readOnly: true }] })) },
};
export const WRITES_REFUSED: World = { logged: { readOnly: 31 } };
/** All 55 usable slots, in two of six hours, and 20 now. */
export const BURSTS: World = { connections: (hour) => (hour === 2 || hour === 4 ? 55 : 20) };

const STORAGE: World['sources'] = { rds: seen(rds({ instances: [rdsInstance({ status: 'storage-full' })] })) };
/** By RDS alone. */
export const STORAGE_FULL: World = { sources: { ...STORAGE, load: failed('other') } };
export const SILENT_FOR_STORAGE: World = { ...SILENT, sources: STORAGE };
export const FULL: World = { refused: 'slots-exhausted' };
export const NO_CREDENTIALS: World = { refused: 'no-credentials' };
export const RDS_DENIED: World = { sources: { rds: failed('permission-denied') } };

/** A new connection is refused while the sessions are seen all the same: checks can read it, and no audit of today collects it. */
export const FULL_AND_SEEN: World = { sources: { connection: failed('slots-exhausted') } };

/** The same sessions, as many as the CONNECTION LIMIT of LiteLLM's role. */
export function limited(seenSessions: SessionsSource): SessionsSource {
  const own = seenSessions.groups.reduce((sum, { count }) => sum + count, 0);
  const limit = { name: 'litellm', owner: null, limit: own, sessions: own, withAuditor: false };
  return { ...seenSessions, limits: { database: null, roles: [limit] } };
}

function behindRdsProxy(each: number): SessionsSource {
  return sessions({
    groups: ['10.0.3.17', '10.0.3.18'].flatMap((clientAddress) => [
      sessionGroup({ clientAddress, count: each, iam: false }),
      sessionGroup({ clientAddress, count: 1, user: 'rdsproxyadmin', database: 'postgres', iam: false }),
    ]),
  });
}

/** The sessions of two pods, with none that has leaked. */
export function twoPods(one: number, other: number) {
  return sessions({
    groups: [sessionGroup({ count: one }), sessionGroup({ clientAddress: '10.0.3.18', count: other })],
  });
}

function twoPools() {
  return fromCohorts([cohort(20, 1, { count: 15 }), cohort(5, 0, { count: 12 })]);
}

function stairs(iam: boolean) {
  return fromCohorts(
    [77, 65, 53, 41, 29, 5].map((started) => cohort(started, started === 5 ? 0 : started - 11, { count: 8, iam })),
  );
}
