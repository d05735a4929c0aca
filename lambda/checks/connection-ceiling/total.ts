import { counted, listed } from '../../core/text.ts';
import type { AddressSharing } from '../../model/address-sharing.ts';
import type { LitellmClients } from '../../model/litellm-clients.ts';
import { missingSettings, type Topology, topologyFacts } from '../../model/topology.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { type Evaluated, incident } from '../check.ts';
import type { CeilingFacts } from './facts.ts';

/**
 * Where addresses are not pods only the total can be compared: `warning` above limit x all workers, never worse, `info` when the workers
 * cannot be counted either.
 */
export function evaluateTotal(
  topology: Topology,
  who: LitellmClients,
  sharing: AddressSharing,
  snapshot: Snapshot,
): Evaluated<CeilingFacts> {
  const subject = `database ${snapshot.database}`;
  const { deployment, limit } = topology;
  const uncertainty = { confidence: 'low' as const, reason: sharing.reason };
  const facts = (ceiling: number | null): CeilingFacts => ({
    scope: 'all clients',
    sessions: who.sessions,
    ceiling,
    clients: who.clients.length,
    ...topologyFacts(topology),
  });
  if (deployment.workers === null || deployment.podsFrom === 'addresses of sessions') {
    return incident({
      status: 'info',
      subject,
      summary: `${counted(who.sessions, 'LiteLLM session')} ${who.sessions === 1 ? 'comes' : 'come'} through RDS Proxy; how many its pods may hold is not known.`,
      facts: facts(null),
      advice: [{ text: `To check the total, set ${listed(missingSettings(topology))} in the configuration.` }],
      uncertainty,
    });
  }
  const ceiling = limit.perWorker * deployment.workers;
  const words = `${limit.perWorker} per worker x ${counted(deployment.workers, 'worker')} on ${counted(deployment.pods ?? 0, 'pod')}`;
  const over = who.sessions > ceiling;
  return incident({
    status: over ? 'warning' : 'ok',
    subject,
    summary: `LiteLLM holds ${counted(who.sessions, 'session')} in all, ${over ? 'more than' : 'within'} the ${ceiling} that its pools may take (${words}).`,
    facts: facts(ceiling),
    advice: over
      ? [
          {
            text: 'Compare with what the pooler or the proxies themselves count (SHOW POOLS in PgBouncer, DatabaseConnections of RDS Proxy). Behind a shared address this total is all that the database shows.',
          },
          { text: 'The excess is replaced pools that were never closed, or settings that differ from what runs.' },
        ]
      : [],
    uncertainty,
  });
}
