import fc from 'fast-check';
import { LOG_PHRASE_IDS } from '../../lambda/litellm/log-phrases.ts';
import { tuningSchema } from '../../lambda/settings/tuning.ts';
import { failureKindSchema } from '../../lambda/snapshot/schema/source.ts';
import type { ProxyLogSource, Snapshot, SourceResult, Sources } from '../../lambda/snapshot/snapshot.ts';
import { anyActivity, anyEarlierActivity } from '../activity.ts';
import { cohort } from '../sessions.ts';
import {
  cloudwatch,
  excess,
  failed,
  globalRow,
  healthySnapshot,
  holders,
  idleTransaction,
  litellm,
  lockSession,
  locks,
  proxy,
  rds,
  rdsInstance,
  role,
  routerSettings,
  seen,
  server,
  sessionGroup,
  sessions,
  setup,
  skipped,
  statements,
  table,
  tableStatistics,
  tables,
} from '../snapshots.ts';

/** Text as PostgreSQL and AWS may hold it: any code units, keys that objects have of themselves, and what JSON has to escape. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('__proto__', 'constructor', 'schemaVersion', 'missing', 'powers', '"\\\u2028', ''),
);
const nullableText = fc.option(text);
const names = fc.array(text, { maxLength: 4 });
const count = fc.nat({ max: 2 ** 31 });
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const step = fc.record({ text, command: text }, { requiredKeys: ['text'] });
const hidden = step.map((remediation) => ({ state: 'hidden' as const, remediation }));
const noTable = fc.constant({ state: 'no-table' as const });

function some<Item>(item: fc.Arbitrary<Item>): fc.Arbitrary<readonly Item[]> {
  return fc.array(item, { maxLength: 4 });
}

/** A source that was seen, that failed in any way, or that was left out. */
function resultOf<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<SourceResult<Value>> {
  return fc.oneof(
    value.map(seen),
    fc
      .tuple(
        fc.constantFrom(...failureKindSchema.options),
        fc.record({ message: text, code: text, remediation: step }, { requiredKeys: ['message'] }),
      )
      .map(([kind, more]) => failed(kind, more)),
    fc.tuple(text, fc.option(text, { nil: undefined })).map(([reason, configure]) => skipped(reason, configure)),
  );
}

const anyServer = fc
  .record({
    maxConnections: fc.integer({ min: 1, max: 262_143 }),
    totalBackends: fc.integer(),
    pendingRestart: names,
    inRecovery: fc.boolean(),
    startedAt: text,
    readOnlySettings: fc.option(
      some(fc.record({ inDatabase: fc.boolean(), role: nullableText, readOnly: fc.boolean() })),
    ),
    litellmSchema: nullableText,
    otherLitellmSchemas: names,
    tables: some(fc.tuple(text, names).map(([name, columns]) => table(name, columns))),
    role: fc
      .record({
        name: text,
        isMarked: fc.boolean(),
        excess: some(fc.record({ right: text, object: text, name: text }).map(excess)),
      })
      .map(role),
    setup: fc
      .record({ schema: text, state: fc.constantFrom('current' as const, 'outdated' as const, 'absent' as const) })
      .map(setup),
  })
  .map(server);

const address = { user: text, database: text, clientAddress: nullableText };
const client = { ...address, count };
const connectionLimit = fc.record({
  name: text,
  owner: nullableText,
  limit: count,
  sessions: count,
  withAuditor: fc.boolean(),
});
const anySessions = fc
  .record({
    groups: some(
      fc.record({ ...client, application: text, state: nullableText, tls: fc.option(fc.boolean()) }).map(sessionGroup),
    ),
    cohorts: some(fc.record({ ...client, newestIdleSince: nullableText }).map((parts) => cohort(77, 66, parts))),
    idleTransactions: some(
      fc.record({ pid: fc.integer(), transactionSeconds: number, blocking: count }).map(idleTransaction),
    ),
    limits: fc.option(fc.record({ database: fc.option(connectionLimit), roles: some(connectionLimit) })),
    hidden: count,
    statements: fc.option(
      fc
        .record({
          active: some(fc.record({ waitsFor: nullableText, count, lasting: count })),
          long: some(
            fc.record({ ...address, pid: fc.integer(), application: text, seconds: number, waitsFor: nullableText }),
          ),
        })
        .map(statements),
    ),
  })
  .map(sessions);

const pid = fc.nat({ max: 6 });
const anyLocks = fc
  .record({
    measuresWaits: fc.boolean(),
    waiterCount: count,
    edgeCount: count,
    edges: some(fc.record({ waiter: pid, blocker: pid })),
    migrationLock: some(fc.record({ pid, granted: fc.boolean() })),
    sessions: fc.uniqueArray(
      fc
        .record({
          pid,
          user: text,
          clientAddress: nullableText,
          application: text,
          backendType: fc.constantFrom('client backend', 'autovacuum worker', 'walsender', null),
          state: nullableText,
          stateSince: nullableText,
          stateSeconds: fc.option(number),
          transactionSeconds: fc.option(number),
          preventsWraparound: fc.option(fc.boolean()),
          rowTables: names,
          waits: fc.option(
            fc.record({
              lock: fc.constantFrom('relation', 'tuple', 'transactionid', 'advisory', 'virtualxid'),
              mode: text,
              seconds: fc.option(number),
              relation: nullableText,
            }),
          ),
        })
        .map(lockSession),
      { selector: (session) => session.pid, maxLength: 6 },
    ),
    indexBuilds: some(
      fc.record({
        pid,
        command: nullableText,
        phase: nullableText,
        relation: nullableText,
        index: nullableText,
        blocksTotal: fc.option(count),
        blocksDone: fc.option(count),
        tuplesTotal: fc.option(count),
        tuplesDone: fc.option(count),
      }),
    ),
  })
  .map(locks);

const anyTables = fc
  .record({
    at: text,
    blockBytes: count,
    deadlocks: count,
    statsReset: nullableText,
    tables: some(
      fc
        .record({
          name: text,
          isPartitioned: fc.boolean(),
          estimatedRows: fc.option(number),
          heapPages: count,
          liveRows: count,
          deadRows: count,
          rowsInserted: count,
          rowsDeleted: count,
          vacuumedAt: nullableText,
        })
        .map(tableStatistics),
    ),
    indexes: some(
      fc.record({
        name: text,
        table: text,
        columns: some(nullableText),
        unique: fc.boolean(),
        valid: fc.boolean(),
        partial: fc.boolean(),
      }),
    ),
  })
  .map(tables);

const anyScope = fc.oneof(
  noTable,
  hidden,
  fc.constant({ state: 'no-column' as const }),
  fc
    .record({
      live: count,
      estimatedRows: fc.option(number),
      holders: some(
        fc.record({
          name: text,
          kind: fc.constantFrom('settings' as const, 'text' as const, 'other' as const),
          stale: fc.constantFrom('expired' as const, 'blocked' as const, null),
          keys: names,
        }),
      ),
    })
    .map(holders),
);

const anyRouterSettings = fc
  .record({
    global: fc.oneof(
      noTable,
      hidden,
      fc.constant({ state: 'absent' as const, lastPurge: null }),
      some(fc.record({ name: text, empty: fc.boolean() })).map((keys) => globalRow({ keys })),
    ),
    team: anyScope,
    key: anyScope,
  })
  .map(routerSettings);

const anyLitellm = fc
  .record({
    workers: fc.oneof(
      noTable,
      hidden,
      fc.record({
        state: fc.constant('seen' as const),
        live: count,
        podCount: count,
        pods: some(fc.record({ hostname: text, workers: count })),
      }),
    ),
    migrations: fc.oneof(
      noTable,
      hidden,
      fc.record({ state: fc.constant('seen' as const), applied: names, failed: names }),
    ),
    activity: anyActivity,
  })
  .map(litellm);

const anyRds = fc
  .record({
    endpoint: nullableText,
    port: fc.option(count),
    instances: some(
      fc
        .record({
          identifier: text,
          class: fc.oneof(text, fc.constantFrom('db.t2.medium', 'db.m6g.large')),
          status: fc.oneof(text, fc.constant('storage-full')),
          caIdentifier: nullableText,
          isWriter: fc.boolean(),
          allocatedStorage: fc.option(number),
          maxAllocatedStorage: fc.option(number),
        })
        .map(rdsInstance),
    ),
    events: fc.oneof(
      fc.constant({ state: 'not-seen' as const }),
      some(fc.record({ at: text, categories: names })).map((events) => ({ state: 'seen' as const, events })),
    ),
    serverless: fc.option(fc.record({ minCapacity: number, maxCapacity: number })),
  })
  .map(rds);

const anyCloudwatch = fc
  .record({
    connections: fc.record({
      periodSeconds: fc.integer({ min: 1 }),
      points: some(fc.record({ at: text, value: number })),
    }),
    rdsProxy: fc.option(fc.record({ name: text, pinned: fc.option(number), connections: fc.option(number) })),
    iam: fc.option(
      fc.record({
        requests: fc.option(number),
        failures: some(fc.record({ cause: fc.constantFrom('throttling' as const, 'other' as const), count: number })),
      }),
    ),
  })
  .map(cloudwatch);

const levels = some(fc.record({ at: text, value: number }));
const anyLoad = fc.record({
  periodSeconds: fc.integer({ min: 1 }),
  asked: fc.constantFrom('essential' as const, 'all' as const),
  cpuPercent: levels,
  freeStorageBytes: levels,
  freeLocalStorageBytes: levels,
  capacityPercent: levels,
  freeMemoryBytes: levels,
  cpuCredits: levels,
  ioBalancePercent: levels,
  diskQueueDepth: levels,
  activeSessions: levels,
  capacityUnits: levels,
});

const anyProxy = fc
  .record({
    host: text,
    readiness: some(
      fc.record({
        httpStatus: count,
        database: fc.constantFrom('connected' as const, 'disconnected' as const, 'stalled' as const, null),
      }),
    ),
    versions: some(fc.record({ version: text, from: fc.constant('readiness' as const), count })),
  })
  .map(proxy);

const anyProxyLog = fc
  .record({
    lines: fc.record(Object.fromEntries(LOG_PHRASE_IDS.map((id) => [id, count])), { requiredKeys: [] }),
    from: fc.constantFrom('metrics' as const, 'file' as const),
    total: fc.option(count),
  })
  .map((log): ProxyLogSource => log);

const anyTuning = fc.option(
  fc
    .record(
      { poolLimit: fc.integer({ min: 1, max: 1000 }), litellmUser: fc.string({ minLength: 1, maxLength: 63 }) },
      { requiredKeys: [] },
    )
    .map((given) => tuningSchema.parse(given)),
);

const anySources: fc.Arbitrary<Partial<Sources>> = fc.record(
  {
    connection: resultOf(
      fc.record({
        host: text,
        port: count,
        user: text,
        databaseName: text,
        authentication: fc.constantFrom('iam' as const, 'password' as const),
        tls: fc.boolean(),
      }),
    ),
    server: resultOf(anyServer),
    sessions: resultOf(anySessions),
    locks: resultOf(anyLocks),
    tables: resultOf(anyTables),
    'router-settings': resultOf(anyRouterSettings),
    litellm: resultOf(anyLitellm),
    rds: resultOf(anyRds),
    cloudwatch: resultOf(anyCloudwatch),
    load: resultOf(anyLoad),
    proxy: resultOf(anyProxy),
    'proxy-log': resultOf(anyProxyLog),
    previous: resultOf(
      fc.record({
        takenAt: fc.constant('2026-11-22T02:00:00.000Z'),
        serverStartedAt: nullableText,
        litellmSchema: nullableText,
        sessions: fc.option(count),
        holders: some(
          fc.record({ user: text, database: text, clientAddress: nullableText, application: text, sessions: count }),
        ),
        holderCount: count,
        activity: anyEarlierActivity,
        tables: fc.option(
          fc.record({
            at: text,
            deadlocks: count,
            statsReset: nullableText,
            tables: some(fc.record({ name: text, rowsInserted: count, rowsDeleted: count })),
          }),
        ),
      }),
    ),
  },
  { requiredKeys: [] },
);

/** Snapshots as the builders make them, of anything that their sources may say. */
export const anySnapshot: fc.Arbitrary<Snapshot> = fc
  .record({ configuredVersion: nullableText, tuning: anyTuning, sources: anySources })
  .map(healthySnapshot);
