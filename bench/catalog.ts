import { startBudget } from '../lambda/core/deadline.ts';
import { median } from '../lambda/core/median.ts';
import type { Settings } from '../lambda/settings/settings.ts';
import { tuningSchema } from '../lambda/settings/tuning.ts';
import { connect } from '../lambda/snapshot/postgres/connect.ts';
import { readServer } from '../lambda/snapshot/postgres/server.ts';
import { readSessionsAndLocks } from '../lambda/snapshot/postgres/sessions.ts';
import type { SandboxDatabase } from '../sandbox/database/database.ts';

const RUNS = 9;
const TABLES = 5000;
const AT_ONCE = 500;
const LIMIT_MS = 100;
const BUDGET_MS = 60_000;

/** The time of the statements on catalogs, locks and statistics, of a superuser that sees everything, in a database with many tables of others. */
export async function benchCatalog(database: SandboxDatabase): Promise<string> {
  for (let first = 1; first <= TABLES; first += AT_ONCE) {
    // Each takes a lock until its transaction ends, and there is room for some thousands.
    await database.query(`
      DO $$ BEGIN
        FOR i IN ${first}..${first + AT_ONCE - 1} LOOP
          EXECUTE format('CREATE TABLE bench_%s (id int PRIMARY KEY, name text)', i);
        END LOOP;
      END $$`);
  }
  await database.query('ANALYZE pg_catalog.pg_class');
  const { host, port, user, password } = database.postgres;
  const settings: Settings = {
    ...tuningSchema.parse({}),
    target: {
      label: 'bench',
      host,
      port,
      databaseName: database.databaseName,
      user,
      login: { kind: 'password', password },
      tls: { mode: 'off' },
    },
  };
  const live = await connect(settings.target, settings, startBudget(BUDGET_MS));
  try {
    const times: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      const start = performance.now();
      await readServer(live, settings);
      await readSessionsAndLocks(live, settings);
      times.push(performance.now() - start);
    }
    return `Catalogs, locks and statistics beside ${TABLES} other tables: ${Math.round(median(times))} ms (limit ${LIMIT_MS} ms)`;
  } finally {
    await live.close();
  }
}
