import type { Status } from '../../core/finding.ts';
import { counted, listed } from '../../core/text.ts';
import { iamUse } from '../../model/iam-login.ts';
import type { CloudWatchSource, Snapshot } from '../../snapshot/snapshot.ts';
import { type CheckResult, defineCheck } from '../check.ts';
import { result } from '../result.ts';

type Iam = NonNullable<CloudWatchSource['iam']>;
type Failure = Iam['failures'][number];

/** Share of the log-ins, in percent, from which most pools can't refill. [?] */
const CRITICAL_PERCENT = 50;

const CAUSES: Readonly<Record<Failure['cause'], { readonly words: string; readonly advice: string }>> = {
  'invalid-token': {
    words: 'invalid token',
    advice:
      'Invalid token: it was older than 15 minutes, signed for another host, port, user or region, or by credentials that had expired. Look whether the token refresh of LiteLLM fails (litellm-version names the versions), whether DATABASE_URL has the very endpoint that is connected to, and whether the clock of the pods is right.',
  },
  'insufficient-permissions': {
    words: 'no permission',
    advice:
      "No permission: the role of the pods needs rds-db:connect on arn:aws:rds-db:REGION:ACCOUNT:dbuser:RESOURCE_ID/USER, with the database's resource id (db-... or cluster-...), and the database user needs GRANT rds_iam.",
  },
  throttling: {
    words: 'throttled',
    advice:
      'Throttled: more than 200 new IAM log-ins a second. That is many pools that refill at once: restart pods one by one, lower database_connection_pool_limit, and keep the refreshes of the pods apart.',
  },
  'server-error': {
    words: 'server error',
    advice:
      'Server error: a fault on the side of RDS. Look at the AWS Health Dashboard and at the load and memory of the instance, and tell AWS Support when it stays.',
  },
  other: {
    words: 'another cause',
    advice:
      'Another cause: look in the PostgreSQL log of the instance for "PAM authentication failed", which names the user and the address.',
  },
};

export const iamAuthentication = defineCheck({
  id: 'iam-authentication',
  title: 'No log-in with an IAM token fails.',
  needs: ['cloudwatch'],
  judge({ source: { cloudwatch }, snapshot }, { target }) {
    return [cloudwatch.iam === null ? judgeNone(snapshot, target.databaseName) : judgeSeen(cloudwatch.iam, snapshot)];
  },
});

function judgeSeen({ requests, failures }: Iam, snapshot: Snapshot): CheckResult {
  const subject = `database ${snapshot.database}`;
  const real = failures.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
  const failed = real.reduce((sum, { count }) => sum + count, 0);
  const evidence = { requests, failed, failures: real.map(({ cause, count }) => ({ cause, count })) };
  if (failed === 0) {
    const of = requests === null ? '' : ` of ${requests}`;
    return result({
      status: 'ok',
      subject,
      summary: `None${of} log-ins with an IAM token failed in the last hour.`,
      evidence,
    });
  }
  const byCause = listed(real.map(({ cause, count }) => `${count} ${CAUSES[cause].words}`));
  return result({
    status: statusOf(failed, requests),
    subject,
    summary: `${counted(failed, 'log-in')}${requests === null ? '' : ` of ${requests}`} with an IAM token failed in the last hour: ${byCause}.`,
    evidence,
    advice: real.map(({ cause }) => ({ text: CAUSES[cause].advice })),
    uncertainty:
      requests === null
        ? {
            confidence: 'medium',
            reason: 'How many log-ins there were is not known, so neither is the share that failed.',
          }
        : null,
  });
}

function statusOf(failed: number, requests: number | null): Status {
  return requests !== null && failed * 100 >= requests * CRITICAL_PERCENT ? 'critical' : 'warning';
}

/** The metrics exist from the first IAM log-in on: who uses none has none. */
function judgeNone(snapshot: Snapshot, databaseName: string): CheckResult {
  const subject = `database ${snapshot.database}`;
  const { connection } = snapshot.sources;
  const { use, words } = iamUse(snapshot, databaseName);
  const evidence = { iamLogin: words };
  if (use === 'yes' || (connection.status === 'ok' && connection.value.authentication === 'iam')) {
    return result({
      status: 'unknown',
      subject,
      summary: 'There are log-ins with IAM tokens, but CloudWatch has no metrics of them.',
      evidence,
      advice: [
        {
          text: 'See whether CloudWatch has them for this database; old engine versions send none:',
          command: 'aws cloudwatch list-metrics --namespace AWS/RDS --metric-name IamDbAuthConnectionRequests',
        },
      ],
    });
  }
  return result({
    status: 'info',
    subject,
    summary: 'CloudWatch has no metrics of log-ins with IAM tokens, and none were seen.',
    evidence,
  });
}
