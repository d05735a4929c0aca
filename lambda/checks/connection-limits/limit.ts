import { escapeIdentifier, escapeLiteral } from 'pg';
import type { Advice } from '../../core/finding.ts';
import { counted } from '../../core/text.ts';
import { mergeUncertainty } from '../../core/uncertainty.ts';
import type { SlotUse } from '../../model/slots.ts';
import { poolSizeUncertainties, type Topology } from '../../model/topology.ts';
import type { Settings } from '../../settings/settings.ts';
import type { ConnectionLimit } from '../../snapshot/snapshot.ts';
import { type Evaluated, incident, risk } from '../check.ts';
import type { LimitFacts } from './facts.ts';

interface Circumstances {
  readonly scope: LimitFacts['scope'];
  /** Of the database. */
  readonly subject: string;
  readonly slots: SlotUse;
  readonly topology: Topology;
  readonly settings: Settings;
}

/** A rolling deployment has two of each pod. */
const WHILE_DEPLOYING = 2;

/**
 * A limit that is reached refuses the next connection: critical, or a warning where the pools need no more than it allows. One that is not, and
 * that the pools can reach, is a risk.
 */
export function evaluateLimit(limit: ConnectionLimit, circumstances: Circumstances): Evaluated<LimitFacts> {
  const { scope, subject, slots, topology, settings } = circumstances;
  const needed = poolsMayHold(topology);
  const used = limit.sessions + (limit.withAuditor ? 1 : 0);
  const isReached = used >= limit.limit;
  const isEnough = needed !== null && needed <= limit.limit;
  const isNear = 100 * used >= settings.headroomWarningPercent * limit.limit && !isEnough;
  const statement = {
    subject: scope === 'role' ? `role ${limit.name}` : subject,
    summary: `${used} of ${counted(limit.limit, 'session')} that the CONNECTION LIMIT of the ${scope} ${limit.name} allows are in use${limit.withAuditor ? ", the auditor's own included" : ''}${needed === null ? '' : `; LiteLLM's pools may hold ${needed}`}.`,
    facts: {
      scope,
      name: limit.name,
      limit: limit.limit,
      sessions: limit.sessions,
      isReached,
      ...(needed !== null && { poolsMayHold: needed }),
      freeSlots: slots.free,
    },
    advice: isReached || isNear || (needed !== null && !isEnough) ? adviceOn(limit, needed, circumstances) : [],
    uncertainty: isReached
      ? null
      : mergeUncertainty([
          ...(topology.who?.uncertainties ?? []),
          ...(isEnough ? [] : poolSizeUncertainties(topology)),
        ]),
  };
  if (isReached) return incident({ ...statement, status: isEnough ? 'warning' : 'critical' });
  if (isNear) return incident({ ...statement, status: 'warning' });
  return needed === null || isEnough
    ? incident({ ...statement, status: 'ok' })
    : risk({ ...statement, status: 'warning' });
}

/** null where it would be a guess. */
function poolsMayHold({ limit, deployment }: Topology): number | null {
  const isKnown = limit.from === 'configuration' && deployment.podsFrom !== 'addresses of sessions';
  return isKnown && deployment.workers !== null ? limit.perWorker * deployment.workers : null;
}

function adviceOn(limit: ConnectionLimit, needed: number | null, circumstances: Circumstances): readonly Advice[] {
  const { scope, slots } = circumstances;
  const value = higher(limit, needed, circumstances);
  const caution =
    'See that connection-leak, connection-growth, lock-waits and idle-in-transaction find nothing: a leak or a wait takes a higher limit too, and then the slots of everybody.';
  const raise: Advice =
    value === null
      ? {
          text: `The server has only ${counted(slots.free, 'free slot')}, so a higher limit would not help for long. Lower database_connection_pool_limit or the number of pods, until limit x workers x pods, twice that during a rolling deployment, is below ${limit.limit}.`,
        }
      : {
          text: `${caution} Then raise the limit, as ${whoMay(limit, scope)}. The server has ${counted(slots.free, 'free slot')}, and this leaves some for others:`,
          command: `ALTER ${scope === 'role' ? 'ROLE' : 'DATABASE'} ${escapeIdentifier(limit.name)} CONNECTION LIMIT ${value};`,
        };
  return [
    raise,
    { text: 'Who holds the sessions that count against it:', command: holdersSql(limit, scope) },
    {
      text: 'For good, either remove what sets the limit, or keep database_connection_pool_limit x workers x pods, twice that during a rolling deployment, below it.',
    },
  ];
}

function whoMay({ name, owner }: ConnectionLimit, scope: LimitFacts['scope']): string {
  return scope === 'database'
    ? `its owner ${owner ?? ''}`.trim()
    : `the RDS master user or whoever created ${name} (on PostgreSQL 16 and newer CREATEROLE alone is not enough)`;
}

/** As much as the pools need while they are deployed, but no more than leaves the server some slots; null where that is no more than it is. */
function higher({ limit }: ConnectionLimit, needed: number | null, { slots, settings }: Circumstances): number | null {
  const wanted = WHILE_DEPLOYING * (needed ?? limit);
  const value = Math.min(wanted, limit + slots.free - settings.headroomMinimumSlots);
  return value > limit ? value : null;
}

function holdersSql({ name }: ConnectionLimit, scope: LimitFacts['scope']): string {
  return `SELECT usename, datname, client_addr, state, count(*), min(backend_start) AS oldest_start, max(state_change) AS last_change
  FROM pg_stat_activity WHERE backend_type = 'client backend' AND ${scope === 'role' ? 'usename' : 'datname'} = ${escapeLiteral(name)}
 GROUP BY usename, datname, client_addr, state ORDER BY count(*) DESC;`;
}
