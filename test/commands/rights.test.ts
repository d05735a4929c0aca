import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CheckFinding, CheckId } from '../../lambda/checks/registry.ts';
import type { Row } from '../../sandbox/database/cluster.ts';
import type { SandboxDatabase } from '../../sandbox/database/database.ts';
import { startDatabase } from '../shared-database.ts';
import { findingsOn } from './findings-on.ts';

const AUDITOR = 'litellm_auditor';

let database: SandboxDatabase;

beforeAll(async () => {
  database = await startDatabase({ litellm: { version: '1.100.0', workers: [1] } });
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => database.stop());

async function findingsOf(checkId: CheckId): Promise<readonly CheckFinding[]> {
  return (await findingsOn(database)).filter((each) => each.checkId === checkId);
}

/** The SQL that a check shows for what the database is like now. */
async function sqlOf(checkId: CheckId): Promise<string> {
  return sqlIn(await findingsOf(checkId));
}

function sqlIn(findings: readonly CheckFinding[]): string {
  const commands = findings.flatMap(({ advice }) => advice.flatMap(({ command = [] }) => command));
  return commands.filter((command) => /^(GRANT|REVOKE|ALTER) /.test(command)).join('\n');
}

/** Every right in the server and the database, of whomever. */
function rights(): Promise<readonly Row[]> {
  return database.query(`
    SELECT (SELECT jsonb_agg(to_jsonb(r) ORDER BY r.oid) FROM pg_roles AS r) AS roles,
           (SELECT jsonb_agg(to_jsonb(m) - 'oid' ORDER BY roleid, member, grantor) FROM pg_auth_members AS m) AS members,
           (SELECT jsonb_agg(datacl ORDER BY oid) FROM pg_database) AS databases,
           (SELECT jsonb_agg(nspacl ORDER BY oid) FROM pg_namespace) AS schemas,
           (SELECT jsonb_agg(relacl ORDER BY oid) FROM pg_class WHERE relacl IS NOT NULL) AS tables,
           (SELECT jsonb_agg(jsonb_build_array(attrelid, attnum, attacl) ORDER BY attrelid, attnum)
              FROM pg_attribute WHERE attacl IS NOT NULL) AS columns`);
}

/** A finding about the auditor's rights, the state it is shown for, and who is asked to run its command. */
interface Excess {
  readonly right: string;
  readonly give: string;
  readonly takeAway: RegExp;
}

describe('the commands that take from the auditor what it does not require', () => {
  // PostgreSQL lets only a role with the attribute give it and take it: whoever gave it to the auditor can take it back.
  beforeAll(() =>
    database.query(
      'ALTER ROLE master BYPASSRLS REPLICATION; CREATE ROLE reporting; GRANT reporting TO master WITH ADMIN OPTION',
    ),
  );

  it.each<Excess>([
    { right: 'CREATEROLE', give: `ALTER ROLE ${AUDITOR} CREATEROLE`, takeAway: /NOCREATEROLE/ },
    { right: 'CREATEDB', give: `ALTER ROLE ${AUDITOR} CREATEDB`, takeAway: /NOCREATEDB/ },
    { right: 'BYPASSRLS', give: `ALTER ROLE ${AUDITOR} BYPASSRLS`, takeAway: /NOBYPASSRLS/ },
    { right: 'REPLICATION', give: `ALTER ROLE ${AUDITOR} REPLICATION`, takeAway: /NOREPLICATION/ },
    { right: 'membership', give: `GRANT reporting TO ${AUDITOR}`, takeAway: /REVOKE "?reporting/ },
    { right: 'rds_iam to hand on', give: `GRANT rds_iam TO ${AUDITOR} WITH ADMIN OPTION`, takeAway: /ADMIN OPTION/ },
  ])('take $right, and nothing else from anybody, when they are run as the master user', async ({ give, takeAway }) => {
    const before = await rights();
    await database.runAsMaster(give);

    const command = await sqlOf('auditor-privileges');
    expect(command).toMatch(takeAway);
    await database.runAsMaster(command);

    expect(await rights()).toEqual(before);
    expect(await sqlOf('auditor-privileges')).toBe('');
    // On a role that has none of it they do nothing.
    await database.runAsMaster(command);
    expect(await rights()).toEqual(before);
  });
});

describe('the commands that give the auditor what it lacks', () => {
  it('let it see all sessions when pg_monitor was taken from it, and do nothing again', async () => {
    const before = await rights();
    await database.runAsMaster(`REVOKE pg_monitor FROM ${AUDITOR}`);

    const command = await sqlOf('auditor-privileges');
    await database.runAsMaster(command);
    await database.runAsMaster(command);

    expect(command).toContain('pg_monitor');
    expect(await rights()).toEqual(before);
    expect((await findingsOf('auditor-privileges')).map(({ status }) => status)).toEqual(['ok']);
  });

  it.each(['LiteLLM_ProxyWorkerHeartbeat', '_prisma_migrations'])(
    'let it read what it read of %s before, and no more, when the columns and the schema were taken from it',
    async (table) => {
      await database.query(`GRANT USAGE ON SCHEMA public TO ${AUDITOR}`);
      const before = await rights();
      await database.query(`REVOKE ALL ON "${table}" FROM ${AUDITOR}; REVOKE USAGE ON SCHEMA public FROM ${AUDITOR}`);
      expect(await rights()).not.toEqual(before);

      const command = await sqlOf('auditor-privileges');
      await asOwner(command);
      await asOwner(command);

      expect(await rights()).toEqual(before);
    },
  );
});

describe('the command that lets the auditor into the database', () => {
  it('lets it in when nobody but the owner may connect, and do nothing again', async () => {
    await database.query(`REVOKE CONNECT ON DATABASE litellm FROM PUBLIC, ${AUDITOR}`);
    expect(await findingsOf('database-reachable')).toMatchObject([{ status: 'unknown' }]);

    const command = await sqlOf('database-reachable');
    await asOwner(command);
    const after = await rights();
    await asOwner(command);

    expect(await findingsOf('database-reachable')).toMatchObject([{ status: 'ok' }]);
    expect(await rights()).toEqual(after);
  });
});

describe('the commands that are shown at a CONNECTION LIMIT', () => {
  it.each([
    ['the database', 'ALTER DATABASE litellm', 'datconnlimit'],
    ["the auditor's role", `ALTER ROLE ${AUDITOR}`, 'rolconnlimit'],
  ])('show that of %s, and end it only where its owner may', async (_whose, alter, column) => {
    await database.query(`${alter} CONNECTION LIMIT 0`);
    const findings = await findingsOf('database-reachable');
    const commands = findings.flatMap(({ advice }) => advice.flatMap(({ command = [] }) => command));

    const [shown, ...others] = commands;
    expect(await database.query(shown ?? '')).toMatchObject([
      { [column]: 0, sessions: expect.stringMatching(/^\d+$/) },
    ]);
    // Of a role, whoever made the limit may have meant it.
    expect(others).toHaveLength(column === 'datconnlimit' ? 1 : 0);
    for (const command of [...others, ...others]) await asOwner(command);

    const left = await findingsOf('database-reachable');
    expect(left.map(({ status }) => status)).toEqual([column === 'datconnlimit' ? 'ok' : 'unknown']);
    await database.query(`${alter} CONNECTION LIMIT -1`);
  });
});

async function asOwner(command: string): Promise<void> {
  await database.query(`SET ROLE ${database.litellmUser}; ${command}`);
}
