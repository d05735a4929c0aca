import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxDatabase } from '../../sandbox/database/database.ts';
import { fatal } from '../../sandbox/database/protocol.ts';
import { startFaultProxy } from '../../sandbox/wire/fault-proxy.ts';
import { startDatabase } from '../shared-database.ts';
import { kindOf, look } from './look.ts';

let database: SandboxDatabase;
beforeAll(async () => {
  database = await startDatabase();
});
afterAll(() => database.stop());
afterEach(() =>
  database.query(`ALTER ROLE litellm_auditor CONNECTION LIMIT -1; ALTER DATABASE litellm CONNECTION LIMIT -1`),
);

describe('a CONNECTION LIMIT', () => {
  it("is that of the role when the auditor's is reached", async () => {
    await database.query('ALTER ROLE litellm_auditor CONNECTION LIMIT 0');

    const { connection } = await look(database);

    expect(connection).toMatchObject({ failure: { kind: 'role-limit', code: '53300', phase: 'parameters' } });
  });

  it('is that of the database when its is reached', async () => {
    await database.query('ALTER DATABASE litellm CONNECTION LIMIT 0');

    expect(kindOf((await look(database)).connection)).toBe('database-limit');
  });
});

/** What PostgreSQL says in German, by the routine that says it, which is in every language the same. */
const GERMAN = [
  ['role-limit', 'InitializeSessionUserId', 'zu viele Verbindungen von Rolle »litellm_auditor«'],
  ['database-limit', 'CheckMyDatabase', 'zu viele Verbindungen für Datenbank »litellm«'],
  ['slots-exhausted', 'InitProcess', 'tut mir leid, schon zu viele Verbindungen'],
  ['slots-exhausted', 'InitPostgres', 'die verbleibenden Verbindungs-Slots sind für Superuser reserviert'],
] as const;

describe('a server that speaks German', () => {
  it.each(GERMAN)('says %s by the routine %s', async (kind, routine, text) => {
    const proxy = await startFaultProxy(database.postgres, database.certificates);
    proxy.inject({
      phase: 'parameters',
      from: 'server',
      message: 0,
      action: { kind: 'replace', by: fatal('53300', text, routine), next: 'end' },
    });
    try {
      expect(kindOf((await look(database, { port: proxy.port })).connection)).toBe(kind);
    } finally {
      await proxy.stop();
    }
  });
});
