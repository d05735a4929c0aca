import { escapeIdentifier } from 'pg';
import type { CheckResult } from '../checks/check.ts';
import { mend, result } from '../checks/result.ts';
import { listed } from '../core/text.ts';
import type { Settings } from '../settings/settings.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** A table of LiteLLM, quoted, in the schema that was found; in the configured one or `public` when none was. */
export function litellmTable(name: string, snapshot: Snapshot, settings: Settings): string {
  const { server } = snapshot.sources;
  const seen = server.status === 'ok' ? server.value.litellmSchema : null;
  return `${escapeIdentifier(seen ?? settings.litellmSchema ?? 'public')}.${escapeIdentifier(name)}`;
}

/** The `unknown` result for a table that is not there. */
export function noTable(name: string, snapshot: Snapshot, settings: Settings): CheckResult {
  const { server } = snapshot.sources;
  const { databaseName } = settings.target;
  const schema = server.status === 'ok' ? server.value.litellmSchema : null;
  const others = server.status === 'ok' ? server.value.otherLitellmSchemas : [];
  return result({
    status: 'unknown',
    subject: `database ${snapshot.database}`,
    summary:
      schema === null
        ? `The database ${databaseName} has no LiteLLM tables${settings.litellmSchema === undefined ? '' : ` in the schema ${settings.litellmSchema}`}.`
        : `The schema ${schema} has LiteLLM tables, but no ${name}.`,
    evidence: { table: name, databaseName, litellmSchema: schema, otherSchemas: others },
    advice: [
      {
        text:
          others.length > 0
            ? `Set "litellmSchema" in the configuration: LiteLLM tables are in ${listed(others)}.`
            : 'Compare "databaseName" in the configuration with LiteLLM\'s DATABASE_URL; a new LiteLLM makes its tables at its first start.',
      },
      {
        text: 'Where the tables are:',
        command: `SELECT schemaname, tablename FROM pg_tables WHERE tablename LIKE 'LiteLLM\\_%' ORDER BY 1, 2;`,
      },
    ],
  });
}

/** The `unknown` result for a global row that the role cannot see. `missing` mends it. */
export function hiddenRow(missing: string, subject: string, { target }: Settings): CheckResult {
  return result({
    status: 'unknown',
    subject,
    summary: `The role ${target.user} cannot see whether there is a global router_settings row.`,
    advice: [mend(missing)],
  });
}
