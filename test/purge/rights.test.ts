import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBudget } from '../../lambda/core/deadline.ts';
import { AUDITED_COLUMNS } from '../../lambda/litellm/tables.ts';
import { codeAndText } from '../../lambda/snapshot/failure.ts';
import { connect, type DatabaseConnection } from '../../lambda/snapshot/postgres/connect.ts';
import { type Bench, hashOf, startBench } from './bench.ts';

const ROW = '{"num_retries": 3}';

let bench: Bench;
let auditor: DatabaseConnection;
let columns: readonly {
  /** Quoted, schema included. */
  readonly table: string;
  readonly name: string;
  readonly column: string;
}[];
beforeAll(async () => {
  bench = await startBench('automatic');
  await bench.start(ROW);
  await bench.ask({ action: 'purge', confirm: hashOf(ROW) });
  await bench.write(ROW);
  auditor = await connect(bench.settings().target, bench.settings(), startBudget(60_000), 'write');
  const found = await bench.database.query(`
    SELECT format('%I.%I', nspname, relname) AS table, relname AS name, attname AS column
      FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid JOIN pg_namespace AS n ON n.oid = relnamespace
     WHERE nspname IN ('public', 'litellm_auditor') AND relkind IN ('r', 'p', 'v', 'm', 'S') AND attnum > 0 AND NOT attisdropped
     ORDER BY 1, attnum`);
  columns = found.map(({ table, name, column }) => ({
    table: String(table),
    name: String(name),
    column: String(column),
  }));
});
afterAll(async () => {
  await auditor.close();
  await bench.stop();
});

/** SQLSTATE insufficient_privilege. */
const REFUSED = '42501';

/** `done`, or the SQLSTATE. */
async function tried(sql: string): Promise<string> {
  try {
    await auditor.value(sql, []);
    return 'done';
  } catch (error) {
    return codeAndText(error).code;
  }
}

describe("the auditor's role", () => {
  it('reads the audited columns, and no other column of any table or backup, when it may purge', async () => {
    const audited = new Map<string, readonly string[]>(Object.entries(AUDITED_COLUMNS));
    const readable: string[] = [];
    for (const { table, column } of columns) {
      if ((await tried(`SELECT "${column}" FROM ${table} LIMIT 1`)) === 'done') readable.push(`${table}.${column}`);
    }

    const allowed = columns.filter(({ name, column }) => audited.get(name)?.includes(column));
    expect([columns.length > 60, allowed.length > 2]).toEqual([true, true]);
    expect(readable).toEqual(allowed.map(({ table, column }) => `${table}.${column}`));
  });

  it.each<[string, (table: string, column: string) => string]>([
    ['UPDATE', (table, column) => `UPDATE ${table} SET "${column}" = DEFAULT`],
    ['DELETE', (table) => `DELETE FROM ${table}`],
    ['INSERT', (table) => `INSERT INTO ${table} DEFAULT VALUES`],
    ['TRUNCATE', (table) => `TRUNCATE ${table}`],
    ['ALTER', (table) => `ALTER TABLE ${table} ADD COLUMN mine int`],
    ['DROP', (table) => `DROP TABLE ${table}`],
    [
      'CREATE TRIGGER',
      (table) => `CREATE TRIGGER mine BEFORE INSERT ON ${table} EXECUTE FUNCTION tsvector_update_trigger()`,
    ],
  ])('is refused when it tries %s on any table', async (_name, statement) => {
    const tables = new Map(
      columns.filter(({ table }) => !table.endsWith('_seq')).map((each) => [each.table, each.column]),
    );
    const answers = new Set<string>();
    for (const [table, column] of tables) answers.add(await tried(statement(table, column)));

    expect([...answers]).toEqual([REFUSED]);
  });

  it.each([
    ['make a table', 'CREATE TABLE public.mine (a int)'],
    ['make a table beside the backups', 'CREATE TABLE litellm_auditor.mine (a int)'],
    ['make a schema', 'CREATE SCHEMA mine'],
    [
      'replace a function',
      "CREATE OR REPLACE FUNCTION litellm_auditor.router_settings_backups(litellm_schema text) RETURNS jsonb LANGUAGE sql AS 'SELECT NULL::jsonb'",
    ],
    ['drop a function', 'DROP FUNCTION litellm_auditor.router_settings_backups(text)'],
    ['act as the owner', 'SET ROLE litellm'],
    ['read a file', "SELECT pg_read_file('/etc/passwd')"],
    ['read the key of the hashes', 'SELECT hash_key FROM litellm_auditor.installation'],
    ['copy the backups', 'COPY litellm_auditor.router_settings_backup TO STDOUT'],
    ['give itself a right', 'GRANT SELECT ON public."LiteLLM_Config" TO litellm_auditor'],
    ['end a session', "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres'"],
  ])('is refused when it tries to %s', async (_name, sql) => {
    expect(await tried(sql)).toBe(REFUSED);
  });

  it('executes the functions of the schema as their owner, with a search path that it cannot change', async () => {
    const found = await bench.database.query(
      `SELECT proname, has_function_privilege('litellm_auditor', oid, 'EXECUTE') AS allowed, prosecdef, proconfig
         FROM pg_proc WHERE pronamespace = 'litellm_auditor'::regnamespace ORDER BY 1`,
    );

    const alike = {
      allowed: true,
      prosecdef: true,
      proconfig: ['search_path=pg_catalog, pg_temp', 'row_security=off'],
    };
    expect(found).toEqual(
      [
        'global_router_settings',
        'key_router_settings',
        'purge_router_settings',
        'restore_router_settings',
        'router_settings_backups',
        'team_router_settings',
        'user_config_requests',
      ].map((proname) => ({ proname, ...alike })),
    );
  });

  it('gets no value out of the functions, whatever it puts into the search path', async () => {
    await auditor.value('CREATE TEMP TABLE router_settings_backup AS SELECT 1 AS id', []);
    await auditor.value('SET search_path = pg_temp, public', []);

    const answers = JSON.stringify([
      await auditor.value('SELECT litellm_auditor.global_router_settings($1)', ['public']),
      await auditor.value('SELECT litellm_auditor.router_settings_backups($1)', ['public']),
    ]);

    expect(answers).toContain('num_retries');
    expect(answers).not.toContain('"num_retries": 3');
    expect(answers).not.toContain('num_retries\\": 3');
  });
});
