import type { Settings } from '../settings/settings.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { CheckResult } from './check.ts';
import { result } from './result.ts';

/** The `unknown` result of a check on LiteLLM's sessions where none is seen. */
export function noSessions(snapshot: Snapshot, settings: Settings): CheckResult {
  const { databaseName } = settings.target;
  const whose = settings.litellmUser === undefined ? 'that could be LiteLLM' : `as ${settings.litellmUser}`;
  return result({
    status: 'unknown',
    subject: `database ${snapshot.database}`,
    summary: `Not judged: nobody ${whose} holds a session in ${databaseName}.`,
    evidence: { databaseName, litellmUser: settings.litellmUser ?? null },
    advice: [
      {
        text: 'Who holds sessions there; set "litellmUser" in the configuration when LiteLLM\'s user is among them:',
        command: `SELECT usename, datname, application_name, count(*) FROM pg_stat_activity
 WHERE backend_type = 'client backend' GROUP BY 1, 2, 3 ORDER BY 4 DESC;`,
      },
      { text: 'When it is not, the proxy is not connected: look at its log and at /health/readiness.' },
    ],
  });
}
