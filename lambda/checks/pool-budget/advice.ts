import type { Advice } from '../../core/finding.ts';
import { listed } from '../../core/text.ts';
import { missingSettings, type Topology } from '../../model/topology.ts';
import type { ServerSource } from '../../snapshot/snapshot.ts';
import { type Budget, sumWith } from './budget.ts';

/** Where LiteLLM's troubleshooting guide (#19921) puts the pool limit and, in seconds, its timeout. */
const GUIDE_POOL_LIMIT = 50;
const GUIDE_POOL_TIMEOUT = 120;

/** Pools this small make requests wait for one another. */
const SMALL_POOL = 5;

const RDS_PROXY_SETTING = {
  text: 'RDS Proxy opens the sessions here, and its MaxConnectionsPercent bounds them: compare that share of max_connections with the usable slots.',
};

/** How to make the pools fit, or how to use the room that there is. */
export function budgetAdvice(
  budget: Budget,
  topology: Topology,
  server: ServerSource,
  shortage: string | null,
): readonly Advice[] {
  const missing = missingSettings(topology);
  const surer =
    missing.length > 0 ? [{ text: `For higher confidence, set ${listed(missing)} in the configuration.` }] : [];
  if (fits(budget))
    return shortage === null ? [] : [...useTheRoom(budget, shortage), ...refreshNote(topology), ...surer];
  if (topology.sharing?.kind === 'rds-proxy') return [RDS_PROXY_SETTING];
  return [...fitThePools(budget, server), ...refreshNote(topology), ...surer];
}

/** Whether even a rolling deployment finds its slots. */
export function fits({ surge, usable }: Budget): boolean {
  return surge <= usable;
}

function fitThePools(budget: Budget, server: ServerSource): readonly Advice[] {
  const { safeLimit, surge, steady, usable } = budget;
  const reserved = server.maxConnections - usable;
  const lower =
    safeLimit >= 1
      ? [
          {
            text: `Lower the pool limit to ${safeLimit}, the largest that is safe: ${sumWith(safeLimit, budget)} usable slots. Requests then wait longer for a connection, so raise the timeout too:`,
            command: generalSettings(safeLimit),
          },
        ]
      : [];
  const small =
    safeLimit < 1
      ? `Even a pool limit of 1 does not fit: ${sumWith(1, budget)} usable slots. Raise max_connections to ${surge + reserved} or more (on RDS also by a larger class), run fewer workers, or use PgBouncer in transaction mode.`
      : `Or keep the limit and raise max_connections to ${surge + reserved} or more, on RDS also by a larger class${safeLimit < SMALL_POOL ? '; with so small a pool, that, fewer workers or PgBouncer is the better way' : ''}.`;
  return [
    ...lower,
    { text: small },
    ...(steady <= usable
      ? [
          {
            text: `Or deploy with fewer extra pods (maxSurge of the Kubernetes deployment) and set "rollingSurgePercent" to match: ${usable - steady} slots are left for them.`,
          },
        ]
      : []),
    ...(server.pendingRestart.includes('max_connections')
      ? [
          {
            text: 'A change of max_connections waits for a restart: reboot the instance at a quiet time, then audit again.',
          },
        ]
      : []),
  ];
}

function useTheRoom(budget: Budget, shortage: string): readonly Advice[] {
  const target = Math.min(Math.max(GUIDE_POOL_LIMIT, 2 * budget.perWorker), budget.safeLimit);
  if (target > budget.perWorker) {
    return [
      {
        text: `The pool is short (${shortage}), and there is room: raise its limit from ${budget.perWorker} to up to ${target}: ${sumWith(target, budget)} usable slots.`,
        command: generalSettings(target),
      },
    ];
  }
  return [
    {
      text: `The pool is short (${shortage}), but a higher limit does not fit: ${sumWith(budget.perWorker + 1, budget)}. A longer timeout lets requests wait but does not serve them sooner. Raise max_connections to serve them:`,
      command: generalSettings(budget.perWorker),
    },
  ];
}

/** Lines of the proxy's config.yaml; it reads them at its start. */
function generalSettings(limit: number): string {
  return `general_settings:
  database_connection_pool_limit: ${limit}
  database_connection_pool_timeout: ${GUIDE_POOL_TIMEOUT} # seconds; default 60`;
}

function refreshNote({ limit, version }: Topology): readonly Advice[] {
  if (limit.droppedByRefresh === 'no') return [];
  const which =
    limit.droppedByRefresh === 'yes' ? `LiteLLM ${version?.text ?? ''} drops` : 'LiteLLM before 1.102.0 drops';
  return [
    {
      text: `${which} both settings at each refresh of its IAM token (#33021): the pool is then 2 x CPUs + 1 with a wait of 10 s. They hold after an upgrade; until then the number of CPUs decides.`,
    },
  ];
}
