import type { Advice } from '../../core/finding.ts';
import { listed } from '../../core/text.ts';
import { fixedIn } from '../../litellm/known-issues.ts';
import { missingSettings, type Topology } from '../../model/topology.ts';
import type { ServerSource } from '../../snapshot/snapshot.ts';
import { type Budget, sumWith } from './budget.ts';
import type { Lever } from './lever.ts';

/** Seconds, LiteLLM's troubleshooting guide (#19921): a smaller pool makes requests wait longer. */
const POOL_TIMEOUT = 120;

/** Pools this small make requests wait for one another. */
const SMALL_POOL = 5;

const RDS_PROXY_SETTING = {
  text: 'RDS Proxy opens the sessions here, and its MaxConnectionsPercent bounds them: compare that share of max_connections with the usable slots.',
};

/** What active sessions wait for: a lock, the disk, or nothing, which means the CPU. */
const WAITS_SQL = `SELECT state, wait_event_type, wait_event, count(*), max(now() - query_start) AS longest
  FROM pg_stat_activity
 WHERE backend_type = 'client backend' AND state <> 'idle'
 GROUP BY state, wait_event_type, wait_event ORDER BY count(*) DESC;`;

export interface Pressure {
  /** What shows that the pools are too small, in words. */
  readonly shortage: string | null;
  /** Why more connections would make it worse, in words. */
  readonly saturated: string | null;
  readonly lever: Lever;
}

/** How to make the pools fit; where they do and yet are short, where to look before anybody makes them larger. */
export function budgetAdvice(
  budget: Budget,
  topology: Topology,
  server: ServerSource,
  { shortage, saturated, lever }: Pressure,
): readonly Advice[] {
  const missing = missingSettings(topology);
  const surer =
    missing.length > 0 ? [{ text: `For higher confidence, set ${listed(missing)} in the configuration.` }] : [];
  if (fits(budget)) {
    return shortage === null ? [] : [lookFirst(budget, shortage, saturated), ...refreshNote(topology), ...surer];
  }
  if (topology.sharing?.kind === 'rds-proxy') return [RDS_PROXY_SETTING];
  return [...fitThePools(budget, server, lever, saturated), ...refreshNote(topology), ...surer];
}

/** Whether even a rolling deployment finds its slots. */
export function fits({ surge, usable }: Budget): boolean {
  return surge <= usable;
}

/** @param saturated why more connections would make it worse: then the pools can only be smaller */
function fitThePools(budget: Budget, server: ServerSource, lever: Lever, saturated: string | null): readonly Advice[] {
  const { safeLimit, surge, usable } = budget;
  const raise = lever.raise(surge + server.maxConnections - usable);
  const late = [...fewerExtraPods(budget), ...waitingChange(server)];
  if (safeLimit < 1) {
    const or = saturated === null ? `, or ${raise}` : `. More slots would not help while ${saturated}`;
    const text = `Even a pool limit of 1 does not fit: ${sumWith(1, budget)} usable slots. Run fewer workers, use PgBouncer in transaction mode${or}.`;
    return [{ text }, ...late];
  }
  const lower: Advice = {
    text: `Lower the pool limit to ${safeLimit}, the largest that is safe: ${sumWith(safeLimit, budget)} usable slots. Requests then wait longer for a connection, so raise the timeout too:`,
    command: generalSettings(safeLimit),
  };
  if (saturated !== null) {
    return [lower, { text: `More slots would not help while ${saturated}: follow that finding first.` }, ...late];
  }
  const small =
    safeLimit < SMALL_POOL ? '; with so small a pool, that, fewer workers or PgBouncer is the better way' : '';
  const ways = lever.isCapacity
    ? [{ text: `Where the pools shall keep their size, ${raise}. A smaller pool, below, requires no reboot.` }, lower]
    : [lower, { text: `Or keep the limit and ${raise}${small}.` }];
  return [...ways, ...late];
}

function fewerExtraPods({ steady, usable }: Budget): readonly Advice[] {
  if (steady > usable) return [];
  return [
    {
      text: `Or deploy with fewer extra pods (maxSurge of the Kubernetes deployment) and set "rollingSurgePercent" to match: ${usable - steady} slots are left for them.`,
    },
  ];
}

function waitingChange({ pendingRestart }: ServerSource): readonly Advice[] {
  if (!pendingRestart.includes('max_connections')) return [];
  return [
    {
      text: 'A change of max_connections waits for a restart: reboot the instance at a quiet time, then audit again.',
    },
  ];
}

/** Connections that wait for a lock or the CPU make a pool short too, and more of them make that worse: a larger pool is never the first step. */
function lookFirst({ perWorker, safeLimit }: Budget, shortage: string, saturated: string | null): Advice {
  return {
    text:
      saturated === null
        ? `The pool is short (${shortage}). First see what its connections wait for: while it is a lock (Lock) or the CPU (no wait event), more connections make it worse. Only where they are all in use by short statements, ${safeLimit > perWorker ? `a pool limit of up to ${safeLimit} fits` : 'the pool could be larger, and a larger one does not fit'}.`
        : `The pool is short (${shortage}), and ${saturated}: more connections would make that worse, so leave the limit as it is. See what they wait for:`,
    command: WAITS_SQL,
  };
}

/** Lines of the proxy's config.yaml; it reads them at its start. */
function generalSettings(limit: number): string {
  return `general_settings:
  database_connection_pool_limit: ${limit}
  database_connection_pool_timeout: ${POOL_TIMEOUT} # seconds; default 60`;
}

function refreshNote({ limit, version }: Topology): readonly Advice[] {
  if (limit.droppedByRefresh === 'no') return [];
  const which =
    limit.droppedByRefresh === 'yes'
      ? `LiteLLM ${version?.text ?? ''} drops`
      : `LiteLLM before ${fixedIn('iam-refresh-drops-parameters')} drops`;
  return [
    {
      text: `${which} both settings at each refresh of its IAM token (#33021): the pool is then Prisma's default, physical cores x 2 + 1, with a wait of 10 s. They hold after an upgrade; until then the number of cores decides.`,
    },
  ];
}
