import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filterPattern, LOG_PHRASE_IDS, LOG_PHRASES, type LogPhraseId } from '../../lambda/litellm/log-phrases.ts';
import { filterMatcher } from '../../sandbox/aws/filter-pattern.ts';
import type { SandboxDatabase } from '../../sandbox/database/database.ts';
import { logLines, QUIET_LINES } from '../../sandbox/scenarios/log-lines.ts';
import { startDatabase } from '../shared-database.ts';

/** The phrases whose filters count a line. */
function countedBy(line: string): readonly LogPhraseId[] {
  return LOG_PHRASE_IDS.filter((id) => filterMatcher(filterPattern(id))(line));
}

describe('the metric filter of a phrase', () => {
  it.each(LOG_PHRASE_IDS)('counts its own line, plain and as JSON, and no other filter does, when it is %s', (id) => {
    const [plain, json] = logLines(id);

    expect([countedBy(plain), countedBy(json)]).toEqual([[id], [id]]);
    expect(JSON.parse(json)).toMatchObject({ level: 'ERROR' });
  });

  it.each(LOG_PHRASE_IDS.flatMap((id) => LOG_PHRASES[id].texts.map((text) => ({ id, text }))))(
    'counts a line with $text',
    ({ id, text }) => {
      expect(countedBy(`prisma.errors.DataError: ${text} and more`)).toEqual([id]);
    },
  );

  it.each(QUIET_LINES)('counts nothing of a proxy that works: $line', ({ line }) => {
    expect(countedBy(line)).toEqual([]);
  });

  it('writes a metric of its own', () => {
    expect(new Set(LOG_PHRASE_IDS.map((id) => LOG_PHRASES[id].metric)).size).toBe(LOG_PHRASE_IDS.length);
  });
});

describe('what PostgreSQL says', () => {
  const SLOTS = 12;
  const open: pg.Client[] = [];
  let database: SandboxDatabase;
  beforeAll(async () => {
    database = await startDatabase({ maxConnections: SLOTS });
  });
  afterAll(() => database.stop());

  async function connect(user = database.passwordUser): Promise<pg.Client> {
    const { databaseName, password, postgres } = database;
    const client = new pg.Client({ host: postgres.host, port: postgres.port, user, password, database: databaseName });
    await client.connect();
    open.push(client);
    return client;
  }

  /** As Prisma passes it on. */
  async function messageOf(failing: () => Promise<unknown>): Promise<string> {
    try {
      await failing();
    } catch (error) {
      return `Error in PostgreSQL connection: ${error instanceof Error ? error.message : ''}`;
    } finally {
      await Promise.all(open.splice(0).map((client) => client.end()));
    }
    throw new Error('It did not fail.');
  }

  async function fill(): Promise<void> {
    for (let slot = 0; slot <= SLOTS; slot++) await connect();
  }

  it('is counted as slotsRefused when no slot is left for ordinary roles', async () => {
    expect(countedBy(await messageOf(fill))).toEqual(['slotsRefused']);
  });

  it.each(['ROLE', 'DATABASE'] as const)(
    'is counted as limitRefused when the %s has a CONNECTION LIMIT',
    async (what) => {
      const name = what === 'ROLE' ? database.passwordUser : database.databaseName;
      await database.query(`ALTER ${what} "${name}" CONNECTION LIMIT 2`);
      try {
        expect(countedBy(await messageOf(fill))).toEqual(['limitRefused']);
      } finally {
        await database.query(`ALTER ${what} "${name}" CONNECTION LIMIT -1`);
      }
    },
  );

  it('is counted as readOnly when a read-only session writes', async () => {
    const message = await messageOf(async () => {
      const client = await connect();
      await client.query('SET default_transaction_read_only = on');
      await client.query('CREATE TABLE public.refused ()');
    });

    expect(countedBy(message)).toEqual(['readOnly']);
  });

  it('is counted as stalePlans when a column changed under a prepared statement', async () => {
    await database.query('CREATE TABLE public.planned (a int4)');
    await database.query('GRANT SELECT ON public.planned TO PUBLIC');

    const message = await messageOf(async () => {
      const client = await connect();
      const statement = { name: 'one', text: 'SELECT * FROM public.planned' };
      await client.query(statement);
      await database.query('ALTER TABLE public.planned ADD b int4');
      await client.query(statement);
    });

    expect(countedBy(message)).toEqual(['stalePlans']);
  });

  it('is counted as deadlocks when two transactions wait for each other', async () => {
    const message = await messageOf(async () => {
      const [one, other] = [await connect(), await connect()];
      await one.query('BEGIN; SELECT pg_advisory_xact_lock(1)');
      await other.query('BEGIN; SELECT pg_advisory_xact_lock(2)');
      await Promise.all([one.query('SELECT pg_advisory_xact_lock(2)'), other.query('SELECT pg_advisory_xact_lock(1)')]);
    });

    expect(countedBy(message)).toEqual(['deadlocks']);
  });
});
