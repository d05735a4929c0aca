import { counted, listed } from '../../core/text.ts';
import type { AddressSharing } from '../../model/address-sharing.ts';
import type { LitellmClients } from '../../model/litellm-clients.ts';
import { missingSettings, type Topology, topologyEvidence } from '../../model/topology.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { CheckResult } from '../check.ts';
import { result } from '../result.ts';

/**
 * Where addresses are not pods only the total can be judged: `warning` above limit x all workers, never worse, `info` when the workers
 * cannot be counted either.
 */
export function judgeTotal(
  topology: Topology,
  who: LitellmClients,
  sharing: AddressSharing,
  snapshot: Snapshot,
): CheckResult {
  const subject = `database ${snapshot.database}`;
  const { deployment, limit } = topology;
  const evidence = { sessions: who.sessions, addresses: who.clients.length, ...topologyEvidence(topology) };
  const uncertainty = { confidence: 'low' as const, reason: sharing.reason };
  if (deployment.workers === null || deployment.podsFrom === 'addresses of sessions') {
    return result({
      status: 'info',
      subject,
      summary: `${counted(who.sessions, 'session')} of LiteLLM come through RDS Proxy: how many its pods may hold is not known.`,
      evidence,
      advice: [{ text: `To have the total result, set ${listed(missingSettings(topology))} in the configuration.` }],
      uncertainty,
    });
  }
  const ceiling = limit.perWorker * deployment.workers;
  const words = `${limit.perWorker} per worker x ${counted(deployment.workers, 'worker')} on ${counted(deployment.pods ?? 0, 'pod')}`;
  const over = who.sessions > ceiling;
  return result({
    status: over ? 'warning' : 'ok',
    subject,
    summary: over
      ? `LiteLLM holds ${counted(who.sessions, 'session')} in all, over the ${ceiling} that its pools may take (${words}).`
      : `LiteLLM holds ${counted(who.sessions, 'session')} in all, within the ${ceiling} that its pools may take (${words}).`,
    evidence: { ...evidence, ceiling },
    advice: over
      ? [
          {
            text: 'Compare with what the pooler or the proxies themselves count (SHOW POOLS in PgBouncer, DatabaseConnections of RDS Proxy): behind a shared address this total is all that the database can tell.',
          },
          { text: 'What is over: replaced pools that were never closed, or settings that do not say what runs.' },
        ]
      : [],
    uncertainty,
  });
}
