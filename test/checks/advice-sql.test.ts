import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../lambda/snapshot/snapshot.ts';
import type { SandboxDatabase } from '../../sandbox/database/database.ts';
import { startDatabase } from '../shared-database.ts';
import {
  cloudwatch,
  evaluate,
  excess,
  failed,
  globalRow,
  healthySnapshot,
  holders,
  idleTransaction,
  litellm,
  load,
  rds,
  rdsInstance,
  role,
  routerSettings,
  seen,
  server,
  sessionGroup,
  sessions,
  setup,
  table,
} from '../snapshots.ts';

const BEATS = 'LiteLLM_ProxyWorkerHeartbeat';

const sick: Snapshot = healthySnapshot({
  configuredVersion: '1.81.3',
  sources: {
    server: seen(
      server({
        maxConnections: 25,
        setup: setup({ functions: { globalRow: 'no-right' } }),
        tables: [table(BEATS, ['worker_id', 'hostname'], [])],
        role: role({
          seesAllSessions: false,
          excess: [
            excess({ right: 'CREATEROLE', object: '', place: 'role' }),
            excess({ right: 'BYPASSRLS', object: '', place: 'role' }),
            excess({ right: 'MEMBER', object: 'pg_read_all_data', place: 'role' }),
            excess({ right: 'ADMIN', object: 'rds_iam', place: 'role' }),
          ],
        }),
      }),
    ),
    sessions: seen(
      sessions({
        hidden: 1,
        groups: [sessionGroup({ user: "o'x", tls: false })],
        idleTransactions: [
          idleTransaction({ pid: 2_000_001, user: "o'x" }),
          idleTransaction({ pid: 2_000_002, clientAddress: null }),
        ],
      }),
    ),
    'router-settings': seen(
      routerSettings({ global: globalRow(), team: holders({ live: 1 }), key: holders({ live: 1 }) }),
    ),
    rds: seen(rds({ instances: [rdsInstance({ parameterGroups: [{ name: 'g', applyStatus: 'pending-reboot' }] })] })),
  },
});

const noTables = healthySnapshot({
  sources: { 'router-settings': seen(routerSettings({ global: { state: 'no-table' } })) },
});

/** A server that is too slow, LiteLLM elsewhere, a database that is read-only, and bursts. */
const servers = [
  {
    load: seen(
      load({ cpuPercent: 95, freeMemoryBytes: 1, ioBalancePercent: 1, freeStorageBytes: 1, freeLocalStorageBytes: 1 }),
    ),
  },
  {
    sessions: seen(sessions({ groups: [] })),
    rds: seen(
      rds({ events: { state: 'seen', events: [{ at: '2026-11-22T02:00:00.000Z', categories: ['failover'] }] } }),
    ),
  },
  { server: seen(server({ inRecovery: true })), litellm: seen(litellm({ workers: { state: 'no-table' } })) },
  { server: seen(server({ readOnlySettings: [{ inDatabase: true, role: null, readOnly: true }] })) },
  {
    cloudwatch: seen(
      cloudwatch({ connections: { periodSeconds: 300, points: [{ at: '2026-11-22T02:35:00.000Z', value: 55 }] } }),
    ),
  },
].map((sources) => healthySnapshot({ sources }));

const refused = (
  [
    'slots-exhausted',
    'iam-refused',
    'login-refused',
    'password-refused',
    'permission-denied',
    'database-missing',
  ] as const
).map((kind) => healthySnapshot({ sources: { connection: failed(kind) } }));

const statements = new Set(
  [sick, noTables, ...servers, ...refused]
    .flatMap((snapshot) => evaluate(snapshot))
    .flatMap(({ advice }) => advice.flatMap(({ command = '' }) => command))
    .filter((command) => /^(SELECT|GRANT|REVOKE|ALTER|DELETE) /.test(command)),
);

describe('SQL that a finding gives to paste', () => {
  let database: SandboxDatabase;
  beforeAll(async () => {
    database = await startDatabase({ litellm: { version: '1.100.0', workers: [1] } });
  }, 60_000);
  afterAll(() => database.stop());

  it('is there for each kind of statement', () => {
    const kinds = new Set([...statements].flatMap((statement) => statement.match(/^[A-Z]+/gm) ?? []));

    expect([...kinds].sort()).toEqual(['ALTER', 'DELETE', 'GRANT', 'REVOKE', 'SELECT']);
  });

  it.each([...statements])('is understood by PostgreSQL: %s', async (statement) => {
    const refusal = await database.query(`BEGIN; ${statement}\nROLLBACK`).then(() => null, String);

    expect(refusal).toBeNull();
  });
});
