import type { Advice } from '../core/finding.ts';
import { counted, listed } from '../core/text.ts';
import type { Settings } from '../settings/settings.ts';
import type { FailureKind, SessionsSource, Snapshot, SourceName, Unread } from '../snapshot/snapshot.ts';
import { type NotEvaluated, notEvaluated } from './check.ts';
import { seeAllSessions } from './remediation.ts';

/** The `unknown` result of a check on LiteLLM's sessions where none is seen. */
export function noSessions(snapshot: Snapshot, settings: Settings): NotEvaluated {
  const { databaseName } = settings.target;
  const whose = settings.litellmUser === undefined ? 'that could be LiteLLM' : `as ${settings.litellmUser}`;
  return notEvaluated({
    subject: `database ${snapshot.database}`,
    summary: `Not checked: nobody ${whose} holds a session in ${databaseName}.`,
    evidence: { databaseName, litellmUser: settings.litellmUser ?? null },
    advice: [
      {
        text: 'See who holds sessions there. If LiteLLM\'s user is among them, set it as "litellmUser" in the configuration:',
        command: `SELECT usename, datname, application_name, count(*) FROM pg_stat_activity
 WHERE backend_type = 'client backend' GROUP BY 1, 2, 3 ORDER BY 4 DESC;`,
      },
      { text: 'If it is not, the proxy is not connected: look at its log and at /health/readiness.' },
    ],
  });
}

/** The `unknown` result of a check that looks at single sessions while some are hidden; none when all are seen. */
export function hiddenSessions(
  sessions: SessionsSource,
  snapshot: Snapshot,
  settings: Settings,
): readonly NotEvaluated[] {
  if (sessions.hidden === 0) return [];
  return [
    notEvaluated({
      subject: `database ${snapshot.database}`,
      summary: `${counted(sessions.hidden, 'session')} of ${sessions.total} could not be checked: the role ${settings.target.user} may not see their details.`,
      evidence: { sessions: sessions.total, hidden: sessions.hidden },
      advice: [seeAllSessions(settings.target.user)],
    }),
  ];
}

/** The `unknown` result for a table that is not there. */
export function noTable(name: string, snapshot: Snapshot, settings: Settings): NotEvaluated {
  const { server } = snapshot.sources;
  const { databaseName } = settings.target;
  const schema = server.status === 'ok' ? server.value.litellmSchema : null;
  const others = server.status === 'ok' ? server.value.otherLitellmSchemas : [];
  return notEvaluated({
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
        text: 'See where the tables are:',
        command: `SELECT schemaname, tablename FROM pg_tables WHERE tablename LIKE 'LiteLLM\\_%' ORDER BY 1, 2;`,
      },
    ],
  });
}

/** The `unknown` result for a global row that the role cannot see. `remediation` makes it visible. */
export function hiddenRow(remediation: Advice, subject: string, { target }: Settings): NotEvaluated {
  return notEvaluated({
    subject,
    summary: `The role ${target.user} cannot see whether there is a global router_settings row.`,
    advice: [remediation],
  });
}

/** The `unknown` result for what one table alone would have shown: reading it failed, while the rest of the source was read. */
export function unreadTable({ failure }: Unread, source: SourceName, { database }: Snapshot): NotEvaluated {
  const { message, kind, code, remediation } = failure;
  return notEvaluated({
    subject: `database ${database}`,
    summary: `Not checked: ${message}`,
    missingSources: [{ source, status: 'failed', reason: message, kind, ...(code === undefined ? {} : { code }) }],
    advice: [
      remediation ?? {
        text: UNREAD_ADVICE[kind] ?? 'Audit again. If it stays, see the log of PostgreSQL at the time of this audit.',
      },
    ],
  });
}

const UNREAD_ADVICE: Readonly<Partial<Record<FailureKind, string>>> = {
  locked: 'Audit again in a minute.',
  timeout: 'See the load of the database first. If it is low, raise "statementTimeoutMs".',
  'unexpected-columns':
    'Update the auditor: it may be older than the LiteLLM that made the table. If it is not, compare the columns with those of a new LiteLLM database.',
  'unexpected-answer':
    'Run the setup script of this release again: the functions in the database may be of another one.',
};
