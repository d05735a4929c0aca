import type { Advice } from '../../core/finding.ts';
import { listed } from '../../core/text.ts';
import { fixedIn } from '../../litellm/known-issues.ts';
import { clientCondition } from '../../model/clients.ts';
import type { LitellmClient } from '../../model/litellm-clients.ts';
import { missingSettings, type Topology } from '../../model/topology.ts';
import { restartPod } from '../remediation.ts';
import type { Ceiling } from './ceiling.ts';
import type { Exceedance, ExceedanceKind } from './exceedance.ts';

/** What to do about a client over its ceiling: make sure of the ceiling, look, then what fits. */
export function ceilingAdvice(
  client: LitellmClient,
  ceiling: Ceiling,
  exceedance: Exceedance,
  topology: Topology,
): readonly Advice[] {
  const missing = missingSettings(topology).filter((name) => name !== 'pods');
  return [
    ...(missing.length > 0
      ? [
          {
            text: `First make sure of the ceiling: it is a guess while ${listed(missing)} ${missing.length === 1 ? 'is' : 'are'} not in the configuration.`,
          },
        ]
      : []),
    {
      text: 'See when its sessions started. Sessions that are older than the newest pool and idle since can be leaked: connection-leak counts those that are.',
      command: `SELECT date_trunc('minute', backend_start) AS started, state, count(*), max(state_change) AS last_change
  FROM pg_stat_activity WHERE ${clientCondition(client)} GROUP BY 1, 2 ORDER BY 1;`,
    },
    ...exceedance.fits.flatMap((kind) => ADVICE[kind](client, ceiling, exceedance)),
  ];
}

const ADVICE: Readonly<
  Record<ExceedanceKind, (client: LitellmClient, ceiling: Ceiling, exceedance: Exceedance) => readonly Advice[]>
> = {
  'replaced-pools': (client) => [
    ...restartPod(client),
    { text: 'If it recurs, see connection-leak and litellm-version for the leak of this version.' },
  ],
  'refresh-drops-limit': () => [
    {
      text: `A refresh of the IAM token drops the pool limit before ${fixedIn('iam-refresh-drops-parameters')} (#33021): the pool is then 2 x physical cores + 1 until LiteLLM is upgraded.`,
    },
  ],
  'default-of-100': () => [
    {
      text: 'Without a configuration file this version opens up to 100 connections per worker, which is no fault: set "poolLimit" to 100 in the configuration of the auditor.',
    },
  ],
  'read-replica-engine': (_client, ceiling) => [
    {
      text: `If DATABASE_URL_READ_REPLICA leads to this server too, ${2 * ceiling.sessions} sessions are right: set "poolLimit" in the configuration of the auditor to twice the limit.`,
    },
  ],
  'more-workers': (client, ceiling) => [
    {
      text: `If all ${client.sessions} are active, more workers are running than ${ceiling.words}: correct the configuration.`,
    },
  ],
  'limit-not-applied': (_client, ceiling, { sessionsPerWorker, physicalCores }) => [
    {
      text: `One pool holds ${sessionsPerWorker} per worker${physicalCores === null ? '' : `, as Prisma does by itself on ${physicalCores} physical cores`}: the limit of ${ceiling.words} does not apply. Separate gateway and backend deployments ignore the limit of general_settings: put connection_limit and pool_timeout into their DATABASE_URL. A restart changes nothing.`,
    },
  ],
};
