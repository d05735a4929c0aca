import { escapeIdentifier } from 'pg';
import type { Advice } from '../../core/finding.ts';
import { SINCE } from '../../litellm/releases/since.ts';
import type { TableFacts } from './tables.ts';

/** What keeps each table small, by LiteLLM's own setting (spend_log_cleanup.py). */
const RETENTION: Readonly<Record<string, string>> = {
  LiteLLM_SpendLogs:
    'maximum_spend_logs_retention_period in general_settings (such as 30d) lets LiteLLM delete old rows by itself. Set it, or a shorter time. Where nobody reads the logs, disable_spend_logs: true writes none.',
  LiteLLM_SpendLogToolIndex: `LiteLLM deletes its rows with those of LiteLLM_SpendLogs: maximum_spend_logs_retention_period in general_settings.`,
  LiteLLM_HealthCheckTable: `maximum_health_check_retention_period in general_settings (LiteLLM ${SINCE['health-check-retention']} or newer) lets LiteLLM delete old rows by itself.`,
};

/** Dead rows first: what is deleted stays in the table until VACUUM has been there. */
export function tableAdvice({ table, isBloated, isLarge }: TableFacts, schema: string): readonly Advice[] {
  return [
    ...(isBloated
      ? [
          {
            text: `Vacuum it when there is little traffic: that makes room for new rows, and reading and writing go on. It does not give the room back to the disk. As the owner of the table:`,
            command: `VACUUM (ANALYZE, SKIP_LOCKED) ${escapeIdentifier(schema)}.${escapeIdentifier(table)};`,
          },
          {
            text: 'See what keeps dead rows from being removed: an old transaction, a replication slot or a prepared transaction. If nothing does, let autovacuum start earlier there:',
            command: `SELECT pid, usename, client_addr, state, xact_start, backend_xmin FROM pg_stat_activity
 WHERE backend_xmin IS NOT NULL ORDER BY age(backend_xmin) DESC LIMIT 5;`,
          },
        ]
      : []),
    ...(isLarge || isBloated
      ? [{ text: RETENTION[table] ?? `Find out what writes it, and whether anybody reads its old rows.` }]
      : []),
    ...(isBloated
      ? [
          {
            text: `For good, lower autovacuum_vacuum_scale_factor of the table (0.2 by default), so that a large table is vacuumed before a fifth of it is dead: ALTER TABLE ... SET (autovacuum_vacuum_scale_factor = 0.02). That takes a short lock.`,
          },
        ]
      : []),
  ];
}
