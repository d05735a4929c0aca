import type { Status } from '../../core/finding.ts';
import type { Settings } from '../../settings/settings.ts';
import type { ConnectionPhase, FailureKind, SourceFailure, Sources } from '../../snapshot/snapshot.ts';
import { defineCheck, incident, notEvaluated } from '../check.ts';
import type { ConnectionError } from './connection-error.ts';
import { connectionError } from './connection-errors.ts';

type Place = {
  readonly host: string;
  readonly port: number;
  readonly databaseName: string;
  readonly user: string;
  readonly login: string;
  readonly tls: string;
  readonly waitedMs: number;
};

export type ReachableFacts =
  | Place
  | (Place & {
      readonly cause: FailureKind;
      /** How far the connection had come. */
      readonly phase?: ConnectionPhase;
      /** Who cannot connect: everybody, the auditor alone, or one of these. */
      readonly side: ConnectionError['side'];
      readonly error: string;
      readonly code?: string;
      readonly concerns: string;
      readonly servesOthers?: string;
    });

/** A failed connection is what this check is about, so it needs no source. */
export const databaseReachable = defineCheck({
  id: 'database-reachable',
  title: 'The database lets the auditor in and answers in time.',
  kind: 'incident',
  needs: [],
  evaluate({ snapshot, model }, settings) {
    const { connection } = snapshot.sources;
    const subject = `database ${snapshot.database}`;
    const place = { ...describePlace(settings), waitedMs: connection.durationMs };
    if (connection.status === 'skipped') {
      return [
        notEvaluated({
          subject,
          summary: `No connection was tried: ${connection.reason}`,
          evidence: place,
          advice: [{ text: 'Fix the cause above, then audit again.' }],
        }),
      ];
    }
    const failure = connection.status === 'failed' ? connection.failure : brokenOff(snapshot.sources);
    if (failure === undefined) {
      return [
        incident<ReachableFacts>({
          status: 'ok',
          subject,
          summary: `The auditor connected in ${connection.durationMs} ms as ${settings.target.user}, and its queries were answered.`,
          facts: place,
        }),
      ];
    }
    const { target, litellmUser } = settings;
    const error = connectionError({
      failure,
      target,
      place: `${target.host}:${target.port}`,
      deniedByPolicy: deniedByPolicy(snapshot.sources),
      asLitellm: target.user === litellmUser,
    });
    // Once logged in, the auditor's path was open: silence after that is the server's.
    const serves = connection.status === 'failed' && error.side === 'unclear' ? model.servesOthers : null;
    const side = serves === null ? error.side : 'auditor';
    const happened = connection.status === 'ok' ? `Connected, then disconnected: ${error.happened}` : error.happened;
    return [
      incident<ReachableFacts>({
        status: STATUS[side],
        subject,
        summary: serves === null ? happened : `${happened} ${serves}, so the problem is on the auditor's own path.`,
        facts: {
          ...place,
          cause: failure.kind,
          ...(failure.phase === undefined ? {} : { phase: failure.phase }),
          side,
          error: failure.message,
          ...(failure.code === undefined ? {} : { code: failure.code }),
          concerns: error.concerns,
          ...(serves === null ? {} : { servesOthers: serves }),
        },
        advice: [...(failure.remediation === undefined ? [] : [failure.remediation]), ...error.steps],
      }),
    ];
  },
});

/** What keeps only the auditor out says nothing about LiteLLM. A database that does not answer counts as one that answers nobody. */
const STATUS: Readonly<Record<ConnectionError['side'], Status>> = {
  database: 'critical',
  unclear: 'critical',
  auditor: 'unknown',
};

/**
 * After the login. PostgreSQL ends a statement that takes too long and says so (57014): a wait that ended by our own deadline, which has no code,
 * means a server that stopped answering. A slow query over LiteLLM's tables does not mean that.
 */
function brokenOff({
  server,
  sessions,
  'router-settings': routerSettings,
  litellm,
}: Sources): SourceFailure | undefined {
  return [server, sessions, routerSettings, litellm].flatMap((result) => {
    if (result.status !== 'failed') return [];
    const { kind, code } = result.failure;
    const silent = kind === 'timeout' && code === undefined;
    return silent || BREAKS_OFF.has(kind) ? [result.failure] : [];
  })[0];
}

const BREAKS_OFF: ReadonlySet<FailureKind> = new Set([
  'connection-lost',
  'starting-up',
  'disk-full',
  'server-error',
  'pooler-refused',
  'protocol-violation',
]);

/** RDS counts the logins by IAM that it refused for lack of a permission; the last hour's. */
function deniedByPolicy({ cloudwatch }: Sources): boolean {
  const failures = cloudwatch.status === 'ok' ? (cloudwatch.value.iam?.failures ?? []) : [];
  return failures.some(({ cause, count }) => cause === 'insufficient-permissions' && count > 0);
}

function describePlace({ target }: Settings) {
  return {
    host: target.host,
    port: target.port,
    databaseName: target.databaseName,
    user: target.user,
    login: target.login.kind === 'iam' ? 'IAM token' : 'password',
    tls: target.tls.mode === 'verify' ? 'verified' : 'off',
  };
}
