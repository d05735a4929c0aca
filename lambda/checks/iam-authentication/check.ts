import type { Status } from '../../core/finding.ts';
import { counted, listed } from '../../core/text.ts';
import type { IamLogin } from '../../model/iam-login.ts';
import type { CloudWatchSource, Snapshot } from '../../snapshot/snapshot.ts';
import { type CheckResult, defineCheck, type Evaluated, incident, notEvaluated } from '../check.ts';

type Iam = NonNullable<CloudWatchSource['iam']>;
type Failure = Iam['failures'][number];

export type IamFacts =
  | {
      readonly requests: number | null;
      readonly failed: number;
      readonly failures: readonly { readonly cause: Failure['cause']; readonly count: number }[];
    }
  | { readonly iamLogin: string };

/** Share of the logins, in percent, from which most pools can't refill. Our own choice. */
const CRITICAL_PERCENT = 50;
/** Below this share pools refill by trying again, and a few failures among thousands of logins are no fault of anybody's. Our own choice. */
const WARNING_PERCENT = 5;

const CAUSES: Readonly<Record<Failure['cause'], { readonly words: string; readonly advice: string }>> = {
  'invalid-token': {
    words: 'invalid token',
    advice:
      'Invalid token: it was older than 15 minutes, signed for another host, port, user or region, or by expired credentials. Check whether the token refresh of LiteLLM fails (litellm-version names the versions), whether DATABASE_URL has exactly the endpoint that is connected to, and whether the clock of the pods is right.',
  },
  'insufficient-permissions': {
    words: 'no permission',
    advice:
      "No permission: the role of the pods requires rds-db:connect on arn:aws:rds-db:REGION:ACCOUNT:dbuser:RESOURCE_ID/USER, with the database's resource id (db-... or cluster-...), and the database user requires GRANT rds_iam.",
  },
  throttling: {
    words: 'throttled',
    advice:
      'Throttled: more new logins at once than RDS checks. Clients try again, so a few do no harm. If many fail, restart pods one at a time, never all at once.',
  },
  'server-error': {
    words: 'server error',
    advice:
      'Server error: an error on the side of RDS. See the AWS Health Dashboard and the load and memory of the instance. If it stays, contact AWS Support.',
  },
  other: {
    words: 'another cause',
    advice:
      'Another cause: search the PostgreSQL log of the instance for "PAM authentication failed", which names the user and the address.',
  },
};

export const iamAuthentication = defineCheck({
  id: 'iam-authentication',
  title: 'Logins with IAM tokens succeed, all but a few.',
  kind: 'incident',
  needs: ['cloudwatch'],
  evaluate({ seen: { cloudwatch }, snapshot, model }) {
    return [cloudwatch.iam === null ? withoutMetrics(snapshot, model.iamLogin) : withMetrics(cloudwatch.iam, snapshot)];
  },
});

function withMetrics({ requests, failures }: Iam, snapshot: Snapshot): Evaluated<IamFacts> {
  const subject = `database ${snapshot.database}`;
  const real = failures.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
  const failed = real.reduce((sum, { count }) => sum + count, 0);
  const facts = { requests, failed, failures: real.map(({ cause, count }) => ({ cause, count })) };
  if (failed === 0) {
    const logins = requests === null ? 'No login' : `None of ${requests} logins`;
    return incident({ status: 'ok', subject, summary: `${logins} with an IAM token failed in the last hour.`, facts });
  }
  const status = statusOf(failed, requests);
  const byCause = listed(real.map(({ cause, count }) => `${count} ${CAUSES[cause].words}`));
  return incident({
    status,
    subject,
    summary: `${counted(failed, 'login')}${requests === null ? '' : ` of ${requests}`} with an IAM token failed in the last hour: ${byCause}.`,
    facts,
    advice: status === 'info' ? [] : real.map(({ cause }) => ({ text: CAUSES[cause].advice })),
    uncertainty:
      requests === null
        ? {
            confidence: 'medium',
            reason: 'How many logins there were is not known, so neither is the share that failed.',
          }
        : null,
  });
}

function statusOf(failed: number, requests: number | null): Status {
  if (requests === null) return 'warning';
  if (failed * 100 >= requests * CRITICAL_PERCENT) return 'critical';
  return failed * 100 >= requests * WARNING_PERCENT ? 'warning' : 'info';
}

/** The metrics exist from the first IAM login on: who uses none has none. */
function withoutMetrics(snapshot: Snapshot, { use, words }: IamLogin): CheckResult<IamFacts> {
  const subject = `database ${snapshot.database}`;
  const { connection } = snapshot.sources;
  if (use === 'yes' || (connection.status === 'ok' && connection.value.authentication === 'iam')) {
    return notEvaluated({
      subject,
      summary: 'There are logins with IAM tokens, but CloudWatch has no metrics for them.',
      evidence: { iamLogin: words },
      advice: [
        {
          text: 'Check whether CloudWatch has them for this database. Old engine versions send none.',
          command: 'aws cloudwatch list-metrics --namespace AWS/RDS --metric-name IamDbAuthConnectionRequests',
        },
      ],
    });
  }
  return incident({
    status: 'info',
    subject,
    summary: 'CloudWatch has no metrics for logins with IAM tokens, and none were seen.',
    facts: { iamLogin: words },
  });
}
