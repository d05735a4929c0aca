import type { LogPhraseId } from '../../lambda/litellm/log-phrases.ts';

/** Lines of a proxy's log that are alike. */
export interface LoggedLines {
  readonly line: string;
  readonly count: number;
}

const TRACE = 'litellm/proxy/proxy_server.py';

/**
 * What LiteLLM, Prisma's client for Python and its query engine print in these states, and PostgreSQL through them (knowledge/litellm.md,
 * section 9).
 */
const MESSAGES: Readonly<Record<LogPhraseId, string>> = {
  limitRefused: 'Too many database connections opened: FATAL: too many connections for role "litellm"',
  slotsRefused:
    'Too many database connections opened: FATAL: remaining connection slots are reserved for roles with the SUPERUSER attribute',
  readOnly:
    'Error occurred during query execution: ConnectorError(ConnectorError { kind: QueryError(PostgresError { code: "25006", message: "cannot execute INSERT in a read-only transaction", severity: "ERROR" }) })',
  closedConnections: 'Error in PostgreSQL connection: Error { kind: Closed, cause: None }',
  engineNotConnected:
    'Client is not connected to the query engine, you must call `connect()` before attempting to query data.',
  connectionAttemptsFailed: 'httpx.ConnectError: All connection attempts failed',
  poolTimeouts:
    'Timed out fetching a new connection from the connection pool. More info: http://pris.ly/d/connection-pool (Current connection pool timeout: 60, connection limit: 10)',
  transactionsNotStarted: 'Transaction API error: Unable to start a transaction in the given time.',
  stalePlans: 'Raw query failed. Code: `0A000`. Message: `ERROR: cached plan must not change result type`',
  deadlocks:
    'Error occurred during query execution: ConnectorError(ConnectorError { kind: QueryError(PostgresError { code: "40P01", message: "deadlock detected", severity: "ERROR" }) })',
};

/** The same message as LiteLLM writes it, and as it does with json_logs. */
export function logLines(id: LogPhraseId): readonly [plain: string, json: string] {
  const message = `${TRACE}::ProxyException - ${MESSAGES[id]}`;
  return [
    `\u001b[92m09:14:03 - LiteLLM Proxy:ERROR\u001b[0m: proxy_server.py:3912 - ${message}`,
    JSON.stringify({ message, level: 'ERROR', timestamp: '2026-11-24T09:14:03.123456', component: 'LiteLLM Proxy' }),
  ];
}

/** Lines of a proxy that works. */
export const QUIET_LINES: readonly LoggedLines[] = [
  { line: 'INFO:     10.0.3.17:49152 - "POST /v1/chat/completions HTTP/1.1" 200 OK', count: 4000 },
  { line: '{"message": "Prisma connected", "level": "INFO", "timestamp": "2026-11-24T09:00:00.000001"}', count: 2 },
];

/** So many lines with the phrase, in both forms, among those of a proxy that works. */
export function logging(lines: Partial<Record<LogPhraseId, number>>): readonly LoggedLines[] {
  return [
    ...QUIET_LINES,
    ...Object.keys(MESSAGES)
      .filter((id) => isKey(id))
      .flatMap((id) => {
        const count = lines[id] ?? 0;
        const [plain, json] = logLines(id);
        return [
          { line: plain, count: Math.ceil(count / 2) },
          { line: json, count: Math.floor(count / 2) },
        ];
      }),
  ];
}

function isKey(id: string): id is LogPhraseId {
  return Object.hasOwn(MESSAGES, id);
}
