import type { CheckFinding, CheckId } from '../lambda/checks/registry.ts';
import { runChecks } from '../lambda/checks/run.ts';
import type { Finding } from '../lambda/core/finding.ts';
import { LOG_PHRASE_IDS } from '../lambda/litellm/log-phrases.ts';
import { ROUTING_POLICY_KEYS } from '../lambda/litellm/router-keys.ts';
import { buildModel } from '../lambda/model/model.ts';
import type { Settings } from '../lambda/settings/settings.ts';
import { tuningSchema } from '../lambda/settings/tuning.ts';
import type {
  CloudWatchSource,
  ExcessPrivilege,
  FailureKind,
  GlobalRouterSettings,
  IdleTransaction,
  LitellmSource,
  LoadSeriesName,
  LoadSource,
  LockSession,
  LocksSource,
  PreviousSource,
  ProxyLogSource,
  ProxySource,
  RdsInstance,
  RdsSource,
  RouterSettingsSource,
  ScopedRouterSettings,
  ServerSource,
  SessionGroup,
  SessionsSource,
  SetupSeen,
  Snapshot,
  SourceFailure,
  SourceResult,
  Sources,
  StatementsSeen,
  TableStatistics,
  TablesSource,
} from '../lambda/snapshot/snapshot.ts';

/** When every snapshot made here was taken. */
export const TAKEN_AT = '2026-11-22T03:00:00.000Z';

export function settingsFor(overrides: Partial<Settings> = {}): Settings {
  return {
    ...tuningSchema.parse({}),
    target: {
      label: 'prod',
      host: 'prod.c1a2b3.eu-central-1.rds.amazonaws.com',
      port: 5432,
      databaseName: 'litellm',
      user: 'litellm_auditor',
      login: { kind: 'iam', region: 'eu-central-1' },
      tls: { mode: 'verify' },
      rds: { kind: 'instance', identifier: 'prod', region: 'eu-central-1' },
    },
    ...overrides,
  };
}

/** A snapshot in which every check is ok, but for the named sources. */
export function healthySnapshot({
  sources = {},
  ...overrides
}: Partial<Omit<Snapshot, 'sources'>> & { readonly sources?: Partial<Sources> } = {}): Snapshot {
  return {
    schemaVersion: 2,
    database: 'prod',
    takenAt: TAKEN_AT,
    configuredVersion: '1.108.13',
    tuning: null,
    ...overrides,
    sources: {
      connection: seen({
        host: 'prod.c1a2b3.eu-central-1.rds.amazonaws.com',
        port: 5432,
        user: 'litellm_auditor',
        databaseName: 'litellm',
        authentication: 'iam',
        tls: true,
      }),
      server: seen(server()),
      sessions: seen(sessions()),
      locks: seen(locks()),
      tables: seen(tables()),
      'router-settings': seen(routerSettings()),
      litellm: seen(litellm()),
      rds: seen(rds()),
      cloudwatch: seen(cloudwatch()),
      load: seen(load()),
      proxy: seen(proxy()),
      'proxy-log': seen(proxyLog()),
      previous: skipped('No earlier audit is known.'),
      ...sources,
    },
  };
}

export function seen<Value>(value: Value): SourceResult<Value> {
  return { status: 'ok', durationMs: 12, value };
}

export function failed(kind: FailureKind, more: Omit<Partial<SourceFailure>, 'kind'> = {}): SourceResult<never> {
  return { status: 'failed', durationMs: 34, failure: { kind, message: `It failed: ${kind}.`, ...more } };
}

export function skipped(reason: string, configure?: string): SourceResult<never> {
  return { status: 'skipped', durationMs: 0, reason, configure };
}

/** Two pods of one worker each, LiteLLM 1.100 or later. */
export function litellm(overrides: Partial<LitellmSource> = {}): LitellmSource {
  return {
    workers: {
      state: 'seen',
      live: 2,
      pods: [
        { hostname: 'litellm-0', workers: 1 },
        { hostname: 'litellm-1', workers: 1 },
      ],
      podCount: 2,
    },
    migrations: { state: 'seen', applied: [], failed: [] },
    activity: { state: 'seen', at: TAKEN_AT, configScans: 100, spendLogRows: 100, statsReset: null },
    userConfig: { state: 'seen', requests: 500, withBody: 500, withUserConfig: 0 },
    ...overrides,
  };
}

/** An audit of a quarter of an hour earlier, which saw the sessions of `sessions()` and the server of `server()`. */
export function previous(overrides: Partial<PreviousSource> = {}): PreviousSource {
  const holders = overrides.holders ?? [
    { user: 'litellm', database: 'litellm', clientAddress: '10.0.3.17', application: '', sessions: 10 },
    { user: 'litellm', database: 'litellm', clientAddress: '10.0.3.18', application: '', sessions: 10 },
  ];
  return {
    takenAt: '2026-11-22T02:45:00.000Z',
    serverStartedAt: '2026-11-01T00:00:00.000Z',
    litellmSchema: 'public',
    sessions: holders.reduce((sum, holder) => sum + holder.sessions, 0),
    holderCount: holders.length,
    activity: null,
    tables: null,
    ...overrides,
    holders,
  };
}

/** LiteLLM before 1.99.0, whose workers send no heartbeats: nothing but its migrations shows a version. */
export function olderLitellm(overrides: Partial<LitellmSource> = {}): LitellmSource {
  return litellm({ workers: { state: 'no-table' }, ...overrides });
}

/** Four hours of 20 connections, every five minutes: more would make the trend most of the work. No failed login. */
export function cloudwatch(overrides: Partial<CloudWatchSource> = {}): CloudWatchSource {
  const end = Date.parse(TAKEN_AT);
  return {
    connections: {
      periodSeconds: 300,
      points: Array.from({ length: 48 }, (_, index) => ({
        at: new Date(end - (47 - index) * 300_000).toISOString(),
        value: 20,
      })),
    },
    iam: { requests: 10, failures: [] },
    rdsProxy: null,
    ...overrides,
  };
}

/** An hour of readings with nothing short; those given last as long. */
export function load(
  levels: Partial<Readonly<Record<LoadSeriesName, number>>> = {},
  asked: LoadSource['asked'] = 'all',
): LoadSource {
  const series = (name: LoadSeriesName, usual?: number) => flat(levels[name] ?? usual);
  return {
    periodSeconds: 300,
    asked,
    cpuPercent: series('cpuPercent', 20),
    freeStorageBytes: series('freeStorageBytes', 60 * GIB),
    freeLocalStorageBytes: series('freeLocalStorageBytes'),
    capacityPercent: series('capacityPercent'),
    freeMemoryBytes: series('freeMemoryBytes', GIB),
    cpuCredits: series('cpuCredits'),
    ioBalancePercent: series('ioBalancePercent'),
    diskQueueDepth: series('diskQueueDepth', 1),
    activeSessions: series('activeSessions'),
    capacityUnits: series('capacityUnits'),
  };
}

export const GIB = 1024 ** 3;

function flat(value: number | undefined): LoadSource['cpuPercent'] {
  if (value === undefined) return [];
  const end = Date.parse(TAKEN_AT);
  return Array.from({ length: 12 }, (_, index) => ({
    at: new Date(end - (11 - index) * 300_000).toISOString(),
    value,
  }));
}

/** The metric filters have counted nothing, but for the given lines. */
export function proxyLog(
  lines: ProxyLogSource['lines'] = {},
  from: ProxyLogSource['from'] = 'metrics',
): ProxyLogSource {
  const none = Object.fromEntries(LOG_PHRASE_IDS.map((id) => [id, 0]));
  return { from, lines: { ...none, ...lines }, total: from === 'metrics' ? null : 5000 };
}

/** Three readiness answers of a healthy proxy. */
export function proxy(overrides: Partial<ProxySource> = {}): ProxySource {
  return {
    host: 'litellm.example',
    readiness: Array.from({ length: 3 }, () => ({ httpStatus: 200, database: 'connected' as const })),
    failures: [],
    versions: [],
    ...overrides,
  };
}

/** PostgreSQL 16 with 55 usable of 60 slots, and an auditor's role with just its rights. */
export function server(overrides: Partial<ServerSource> = {}): ServerSource {
  return {
    versionNumber: 160_004,
    inRecovery: false,
    readOnlySettings: [],
    now: TAKEN_AT,
    startedAt: '2026-11-01T00:00:00.000Z',
    maxConnections: 60,
    reserved: { superuser: 3, rds: 2, role: 0 },
    pendingRestart: [],
    totalBackends: 20,
    session: {
      readOnly: true,
      statementTimeoutMs: 5000,
      lockTimeoutMs: 1000,
      idleInTransactionTimeoutMs: 10_000,
      rowSecurity: false,
    },
    litellmSchema: 'public',
    otherLitellmSchemas: [],
    tables: [table('LiteLLM_Config', []), table('LiteLLM_TeamTable', ['team_id', 'team_alias', 'blocked'])],
    setup: setup(),
    ...overrides,
    role: role(overrides.role),
  };
}

export function role(overrides: Partial<ServerSource['role']> = {}): ServerSource['role'] {
  return {
    name: 'litellm_auditor',
    seesAllSessions: true,
    isIamUser: true,
    usesReservedSlots: false,
    isMarked: true,
    excess: [],
    excessCount: overrides.excess?.length ?? 0,
    ...overrides,
  };
}

/** The setup script of this release has run. */
export function setup({
  functions,
  ...overrides
}: Partial<Omit<SetupSeen, 'functions'>> & { readonly functions?: Partial<SetupSeen['functions']> } = {}): SetupSeen {
  return {
    schema: 'litellm_auditor',
    state: 'current',
    functions: {
      globalRow: 'executable',
      team: 'executable',
      key: 'executable',
      userConfig: 'executable',
      ...functions,
    },
    ...overrides,
  };
}

/** A right of the role itself on a table of LiteLLM, beyond the known set. */
export function excess(overrides: Partial<ExcessPrivilege> = {}): ExcessPrivilege {
  return {
    right: 'SELECT',
    object: 'table public."LiteLLM_VerificationToken"',
    place: 'litellm',
    holder: 'role',
    name: 'litellm_auditor',
    ...overrides,
  };
}

export function table(name: string, columns: readonly string[], readable = columns): ServerSource['tables'][number] {
  return { schema: 'public', name, owner: 'litellm', estimatedRows: 100, columns, readable, hasRowSecurity: false };
}

/** Two proxies with pools of ten, all idle and encrypted. */
export function sessions(overrides: Partial<SessionsSource> = {}): SessionsSource {
  const groups = overrides.groups ?? [sessionGroup(), sessionGroup({ clientAddress: '10.0.3.18' })];
  const idleTransactions = overrides.idleTransactions ?? [];
  return {
    total: groups.reduce((sum, { count }) => sum + count, 0),
    hidden: 0,
    limits: { database: null, roles: [] },
    groups,
    groupCount: groups.length,
    cohorts: [],
    cohortCount: 0,
    idleTransactions,
    idleTransactionCount: idleTransactions.length,
    statements: statements(),
    ...overrides,
  };
}

/** Nobody is at work. */
export function statements(overrides: Partial<StatementsSeen> = {}): StatementsSeen {
  const long = overrides.long ?? [];
  return { active: [], longCount: long.length, ...overrides, long };
}

export function sessionGroup(overrides: Partial<SessionGroup> = {}): SessionGroup {
  return {
    user: 'litellm',
    database: 'litellm',
    clientAddress: '10.0.3.17',
    application: '',
    state: 'idle',
    tls: true,
    iam: true,
    count: 10,
    oldestBackendStart: '2026-11-22T02:50:00.000Z',
    oldestStateChange: '2026-11-22T02:59:00.000Z',
    ...overrides,
  };
}

export function idleTransaction(overrides: Partial<IdleTransaction> = {}): IdleTransaction {
  return {
    pid: 4711,
    user: 'litellm',
    database: 'litellm',
    clientAddress: '10.0.3.17',
    application: '',
    transactionSeconds: 700.4,
    idleSeconds: 600.2,
    blocking: 0,
    ...overrides,
  };
}

/** A small table of spend logs, and no deadlock ever. */
export function tables(overrides: Partial<TablesSource> = {}): TablesSource {
  const own = overrides.tables ?? [tableStatistics()];
  const indexes = overrides.indexes ?? [];
  return {
    at: TAKEN_AT,
    blockBytes: 8192,
    tableCount: own.length,
    indexCount: indexes.length,
    deadlocks: 0,
    statsReset: null,
    ...overrides,
    tables: own,
    indexes,
  };
}

export function tableStatistics(overrides: Partial<TableStatistics> = {}): TableStatistics {
  return {
    name: 'LiteLLM_SpendLogs',
    isPartitioned: false,
    estimatedRows: 1000,
    heapPages: 100,
    toastPages: 20,
    indexPages: 30,
    liveRows: 1000,
    deadRows: 0,
    rowsInserted: 1000,
    rowsDeleted: 0,
    sequentialScans: 1,
    sequentialRows: 1000,
    vacuumedAt: '2026-11-22T01:00:00.000Z',
    analyzedAt: '2026-11-22T01:00:00.000Z',
    ...overrides,
  };
}

/** Nobody waits, but for the overrides. Who waits is among `sessions`, each for a row of the team table. */
export function locks(overrides: Partial<LocksSource> = {}): LocksSource {
  const lockSessions = overrides.sessions ?? [];
  return {
    measuresWaits: true,
    waiterCount: lockSessions.filter(({ waits }) => waits !== null).length,
    edges: [],
    edgeCount: overrides.edges?.length ?? 0,
    indexBuilds: [],
    migrationLock: [],
    preparedTransactions: { count: 0, oldestSeconds: null },
    ...overrides,
    sessions: lockSessions,
  };
}

/** A session with an open transaction that has changed a row of the team table. */
export function lockSession(overrides: Partial<LockSession> = {}): LockSession {
  return {
    pid: 4711,
    user: 'litellm',
    database: 'litellm',
    clientAddress: '10.0.3.17',
    application: '',
    backendType: 'client backend',
    state: 'idle in transaction',
    stateSince: '2026-11-22T02:58:00.123456+00:00',
    stateSeconds: 120,
    transactionSeconds: 130,
    preventsWraparound: null,
    waits: null,
    rowTables: ['LiteLLM_TeamTable'],
    ...overrides,
  };
}

/** A session that waits for a row of the team table. */
export function lockWaiter(seconds: number, overrides: Partial<LockSession> = {}): LockSession {
  return lockSession({
    pid: 4712,
    state: 'active',
    stateSeconds: seconds,
    transactionSeconds: seconds,
    waits: { lock: 'transactionid', mode: 'ShareLock', seconds, relation: null },
    ...overrides,
  });
}

/** Sessions that wait so long, all behind one head. */
export function pile(head: LockSession, waits: readonly number[], waiter: Partial<LockSession> = {}): LocksSource {
  const waiters = waits.map((seconds, index) => lockWaiter(seconds, { pid: 5000 + index, ...waiter }));
  return locks({
    sessions: [head, ...waiters],
    edges: waiters.map(({ pid }) => ({ waiter: pid, blocker: head.pid })),
  });
}

export function routerSettings(overrides: Partial<RouterSettingsSource> = {}): RouterSettingsSource {
  return { global: { state: 'absent', lastPurge: null }, team: holders(), key: holders(), ...overrides };
}

export type PresentRow = Extract<GlobalRouterSettings, { readonly state: 'present' }>;

/** A row with routing policy and a secret. */
export function globalRow(overrides: Partial<PresentRow> = {}): PresentRow {
  const keys = overrides.keys ?? [
    { name: 'fallbacks', empty: false },
    { name: 'model_group_alias', empty: true },
    { name: 'num_retries', empty: false },
    { name: 'redis_password', empty: false },
  ];
  return {
    state: 'present',
    kind: 'settings',
    hash: 'ab'.repeat(32),
    routingPolicy: keys.filter(({ name, empty }) => !empty && ROUTING_POLICY_KEYS.has(name)).map(({ name }) => name),
    keyCount: keys.length,
    lastPurge: null,
    ...overrides,
    keys,
  };
}

export type SeenHolders = Extract<ScopedRouterSettings, { readonly state: 'seen' }>;

/** Teams or keys with settings of their own: none, but for the overrides. */
export function holders(overrides: Partial<SeenHolders> = {}): SeenHolders {
  return {
    state: 'seen',
    estimatedRows: 3000,
    kinds: { settings: (overrides.live ?? 0) + (overrides.expired ?? 0) + (overrides.blocked ?? 0), text: 0, other: 0 },
    live: 0,
    expired: 0,
    blocked: 0,
    truncated: false,
    holders: [],
    ...overrides,
  };
}

export function rds(overrides: Partial<RdsSource> = {}): RdsSource {
  return {
    kind: 'instance',
    identifier: 'prod',
    resourceId: 'db-ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    endpoint: 'prod.c1a2b3.eu-central-1.rds.amazonaws.com',
    port: 5432,
    engine: 'postgres',
    engineVersion: '16.4',
    iamAuthentication: true,
    instances: [rdsInstance()],
    serverless: null,
    certificateAuthorities: [{ identifier: 'rds-ca-rsa2048-g1', validTill: '2061-05-25T00:00:00.000Z' }],
    events: { state: 'seen', events: [] },
    ...overrides,
  };
}

export function rdsInstance(overrides: Partial<RdsInstance> = {}): RdsInstance {
  return {
    identifier: 'prod',
    class: 'db.t4g.medium',
    status: 'available',
    isWriter: true,
    caIdentifier: 'rds-ca-rsa2048-g1',
    certificateValidTill: '2027-09-01T00:00:00.000Z',
    parameterGroups: [{ name: 'prod-16', applyStatus: 'in-sync' }],
    pendingModifications: [],
    allocatedStorage: 100,
    maxAllocatedStorage: null,
    ...overrides,
  };
}

/** All findings, worst first. */
export function evaluate(snapshot: Snapshot, settings: Settings = settingsFor()): readonly CheckFinding[] {
  return runChecks(snapshot, buildModel(snapshot, settings), settings);
}

/** The findings of one check, worst first. */
export function findingsOf(
  checkId: CheckId,
  snapshot: Snapshot,
  settings: Settings = settingsFor(),
): readonly Finding[] {
  return evaluate(snapshot, settings).filter((finding) => finding.checkId === checkId);
}

/** What a reader sees of findings, as one text. */
export function textOf(findings: readonly Finding[]): string {
  return JSON.stringify(findings);
}
