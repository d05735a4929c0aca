import type { Advice } from '../../core/finding.ts';
import { listed } from '../../core/text.ts';
import { clientCondition } from '../../model/clients.ts';
import type { LitellmClient } from '../../model/litellm-clients.ts';
import { missingSettings, type Topology } from '../../model/topology.ts';
import { restartPod } from '../remediation.ts';
import type { Ceiling } from './ceiling.ts';

/** What to do about a client over its ceiling: look, free the slots, correct the numbers. */
export function ceilingAdvice(client: LitellmClient, ceiling: Ceiling, topology: Topology): readonly Advice[] {
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
      text: 'See when its sessions started. Old idle sessions are leaked from replaced pools.',
      command: `SELECT date_trunc('minute', backend_start) AS started, state, count(*), max(state_change) AS last_change
  FROM pg_stat_activity WHERE ${clientCondition(client)} GROUP BY 1, 2 ORDER BY 1;`,
    },
    ...restartPod(client),
    {
      text: `If it recurs, see connection-leak and litellm-version for the leak of this version. If all ${client.sessions} are active, more workers are running than ${ceiling.words}: correct the configuration.`,
    },
  ];
}
