import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

/** Between two requests, so that whatever else runs on the machine gets its turn. */
const REQUEST_PAUSE_MS = 5;

/**
 * Serves LLM requests one after the other until the signal aborts, like the versions that build a Router per request: each queries the global
 * row and writes a spend log.
 */
export async function sendRequests(client: pg.Client, schemaName: string, signal: AbortSignal): Promise<void> {
  const schema = pg.escapeIdentifier(schemaName);
  while (!signal.aborted) {
    await client.query(`SELECT param_value FROM ${schema}."LiteLLM_Config" WHERE param_name = 'router_settings'`);
    await client.query(`
      INSERT INTO ${schema}."LiteLLM_SpendLogs" ("request_id", "call_type", "startTime", "endTime", "model")
      VALUES (gen_random_uuid(), 'acompletion', now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', 'gpt-4o')`);
    await delay(REQUEST_PAUSE_MS);
  }
}
