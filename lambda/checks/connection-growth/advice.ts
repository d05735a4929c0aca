import type { Advice, Status } from '../../core/finding.ts';
import type { GrowthShare } from '../../model/growth-share.ts';

/** Sessions by client and hour of their start: who opens and never closes. */
const STARTS_SQL = `SELECT usename, client_addr, date_trunc('hour', backend_start) AS started, count(*), max(state_change) AS last_change
  FROM pg_stat_activity WHERE backend_type = 'client backend'
 GROUP BY usename, client_addr, started ORDER BY usename, client_addr, started;`;

/** What to do about connections that grow, before the last slot is taken. */
export function adviceOnGrowth(status: Status, grownBy: GrowthShare | null): readonly Advice[] {
  if (status === 'ok') return [];
  const look = {
    text: 'See whose sessions grow. Old hours with many sessions whose last change is old too can be connections that nobody uses any more; connection-leak counts those of LiteLLM.',
    command: STARTS_SQL,
  };
  if (grownBy === 'others') {
    return [
      look,
      {
        text: 'A restart of the proxies would not help: it is not LiteLLM that grows. Have the other application close what it does not use.',
      },
    ];
  }
  return [
    look,
    ...(status === 'info'
      ? []
      : [
          {
            text: 'Before the slots run out, restart the proxy pods one by one, the one that holds most first: that closes what they leaked. It will come back until fixed.',
          },
        ]),
    {
      text: 'For a permanent fix, litellm-version names the leaks of the running version and what to upgrade to. If every client is within its pool limit, it is load: pool-budget has the sum.',
    },
  ];
}

/** When there are too few readings. */
export const FIX_METRIC: readonly Advice[] = [
  {
    text: 'A new or restarted instance requires three hours. After that, check that CloudWatch has the metric under the identifier that "rds" in the configuration names:',
    command: 'aws cloudwatch list-metrics --namespace AWS/RDS --metric-name DatabaseConnections',
  },
];
