import pg from 'pg';
import type { SandboxDatabase } from '../sandbox/database/database.ts';
import type { LambdaRuntime } from '../sandbox/lambda/runtime.ts';
import { alternate, ratioLine } from './statistics.ts';

const RUNS = 9;
const LIMIT = 1.3;
const MEMORY_LIMIT_MB = 160;
const MB = 1024 * 1024;
/** The query of LiteLLM's guide (#19921): keys with settings of their own. */
const GUIDE_QUERY = `
SELECT key_alias, router_settings
  FROM "LiteLLM_VerificationToken"
 WHERE router_settings IS NOT NULL AND router_settings <> '{}'`;

/** The duration of a whole warm audit, login and publishing included, against that of the guide's own query on an open connection. */
export async function benchAudit(database: SandboxDatabase, runtime: LambdaRuntime): Promise<readonly string[]> {
  // Like the audit's own session: compiling the query would make the baseline slower.
  const client = new pg.Client({ ...database.postgres, database: database.databaseName, options: '-c jit=off' });
  await client.connect();
  try {
    let peakMemory = 0;
    const audit = async () => {
      const invocation = await runtime.invoke({ action: 'audit', notify: true });
      if (invocation.status !== 'ok') throw new Error(`The audit failed: ${invocation.status}.`);
      peakMemory = Math.max(peakMemory, invocation.peakMemoryBytes ?? 0);
      return invocation.durationMs;
    };
    const scan = async () => {
      const start = performance.now();
      await client.query(GUIDE_QUERY);
      return performance.now() - start;
    };
    const times = await alternate(RUNS, audit, scan);
    return [
      ratioLine('The whole audit', LIMIT, times, "the guide's one scan of the keys table"),
      `Peak memory of the function's process: ${Math.round(peakMemory / MB)} MB (limit ${MEMORY_LIMIT_MB})`,
    ];
  } finally {
    await client.end();
  }
}
