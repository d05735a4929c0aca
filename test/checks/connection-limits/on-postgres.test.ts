import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runChecks } from '../../../lambda/checks/run.ts';
import { buildModel } from '../../../lambda/model/model.ts';
import type { Settings } from '../../../lambda/settings/settings.ts';
import { collectSnapshot } from '../../../lambda/snapshot/collect/collect.ts';
import type { SandboxDatabase } from '../../../sandbox/database/database.ts';
import { startDatabase } from '../../shared-database.ts';
import { credentialVariables, iamTarget, settingsFor } from '../../target.ts';

const ROLE = 'gateway';
const BUDGET_MS = 20_000;
/** PostgreSQL's SQLSTATE too_many_connections. */
const REFUSED = '53300';

let database: SandboxDatabase;
const clients: pg.Client[] = [];
beforeEach(async () => {
  database = await startDatabase();
  for (const [name, value] of Object.entries(credentialVariables(database))) vi.stubEnv(name, value);
  // As on RDS: the master user makes the role, and may alter it.
  await database.runAsMaster(`CREATE ROLE ${ROLE} LOGIN PASSWORD '${database.password}'`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(clients.splice(0).map((client) => client.end()));
  await database.query(`ALTER DATABASE ${database.databaseName} CONNECTION LIMIT -1`);
  await database.query(`DROP ROLE ${ROLE}`);
  await database.stop();
});

async function connect(count: number): Promise<void> {
  const { databaseName, password, postgres } = database;
  const { host, port } = postgres;
  for (let session = 0; session < count; session++) {
    const client = new pg.Client({ host, port, user: ROLE, password, database: databaseName });
    await client.connect();
    clients.push(client);
  }
}

async function limits() {
  const settings: Settings = settingsFor(iamTarget(database), {
    litellmUser: ROLE,
    poolLimit: 10,
    pods: 1,
    workersPerPod: 1,
  });
  const snapshot = await collectSnapshot(settings, BUDGET_MS);
  return runChecks(snapshot, buildModel(snapshot, settings), settings).filter(
    ({ checkId }) => checkId === 'connection-limits',
  );
}

describe('connection-limits on a real server', () => {
  it('sees the limit of the role reached, and its command lets the next session in', async () => {
    await database.runAsMaster(`ALTER ROLE ${ROLE} CONNECTION LIMIT 4`);
    await connect(4);

    const findings = await limits();

    expect(findings).toMatchObject([{ status: 'critical', evidence: { limit: 4, sessions: 4, isReached: true } }]);
    await expect(connect(1)).rejects.toMatchObject({ code: REFUSED });
    await database.runAsMaster(findings[0]?.advice[0]?.command ?? '');
    await expect(connect(1)).resolves.toBeUndefined();
  });

  it('sees the limit of the database reached with its own session, which takes a place too', async () => {
    await connect(4);
    await database.query(`ALTER DATABASE ${database.databaseName} CONNECTION LIMIT 5`);

    const findings = await limits();

    expect(findings).toMatchObject([
      { status: 'critical', evidence: { scope: 'database', limit: 5, sessions: 4, isReached: true } },
    ]);
    expect(findings[0]?.advice[0]?.text).toContain(`its owner ${database.litellmUser}`);
    // As the owner that it names.
    await database.query(`SET ROLE ${database.litellmUser}; ${findings[0]?.advice[0]?.command}`);
    await expect(connect(3)).resolves.toBeUndefined();
  });

  it('is ok, and says the limit, when it has room for what the pools may hold', async () => {
    await database.runAsMaster(`ALTER ROLE ${ROLE} CONNECTION LIMIT 10`);
    await connect(4);

    expect(await limits()).toMatchObject([{ status: 'ok', evidence: { limit: 10, sessions: 4, isReached: false } }]);
  });

  it('does not see limits of superusers, whom PostgreSQL exempts, nor of other roles', async () => {
    await database.query('ALTER ROLE postgres CONNECTION LIMIT 1');
    await database.query(`ALTER ROLE ${database.passwordUser} CONNECTION LIMIT 0`);
    await connect(2);
    try {
      expect(await limits()).toMatchObject([{ status: 'ok', evidence: { scope: 'none' } }]);
    } finally {
      await database.query('ALTER ROLE postgres CONNECTION LIMIT -1');
      await database.query(`ALTER ROLE ${database.passwordUser} CONNECTION LIMIT -1`);
    }
  });
});
