import type { Settings } from '../../settings/settings.ts';
import type { SourceFailure, Sources } from '../../snapshot/snapshot.ts';
import { defineCheck } from '../check.ts';
import { mend, result } from '../result.ts';
import { connectStory } from './connection-errors.ts';

/** A failed connection is what this check judges, so it needs no source. */
export const databaseReachable = defineCheck({
  id: 'database-reachable',
  title: 'The database lets the auditor in and answers in time.',
  needs: [],
  judge({ snapshot }, settings) {
    const { connection } = snapshot.sources;
    const subject = `database ${snapshot.database}`;
    const where = { ...place(settings), waitedMs: connection.durationMs };
    if (connection.status === 'skipped') {
      return [
        result({
          status: 'unknown',
          subject,
          summary: `No connection was tried: ${connection.reason}`,
          evidence: where,
          advice: [{ text: 'Mend the reason above, then audit again.' }],
        }),
      ];
    }
    const failure = connection.status === 'failed' ? connection.failure : brokenOff(snapshot.sources);
    if (failure === undefined) {
      return [
        result({
          status: 'ok',
          subject,
          summary: `The auditor connected in ${connection.durationMs} ms as ${settings.target.user}, and its queries were answered.`,
          evidence: where,
        }),
      ];
    }
    const story = connectStory(failure.kind, settings.target);
    return [
      result({
        status: 'critical',
        subject,
        summary: connection.status === 'ok' ? `Connected, then cut off: ${story.happened}` : story.happened,
        evidence: {
          ...where,
          cause: failure.kind,
          error: failure.message,
          ...(failure.code === undefined ? {} : { code: failure.code }),
          concerns: story.concerns,
        },
        advice: [...(failure.missing === undefined ? [] : [mend(failure.missing)]), ...story.steps],
      }),
    ];
  },
});

/**
 * After the log-in. PostgreSQL ends a statement that takes too long and says so (57014): a wait that ended by our own deadline, which has no code, means
 * a server that fell silent. A slow query over LiteLLM's tables is no fault of the server.
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
    return silent || kind === 'connection-lost' || kind === 'starting-up' ? [result.failure] : [];
  })[0];
}

function place({ target }: Settings) {
  return {
    host: target.host,
    port: target.port,
    databaseName: target.databaseName,
    user: target.user,
    login: target.login.kind === 'iam' ? 'IAM token' : 'password',
    tls: target.tls.mode === 'verify' ? 'verified' : 'off',
  };
}
