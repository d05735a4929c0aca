import type { Advice } from '../../core/finding.ts';
import { counted } from '../../core/text.ts';
import type { Uncertainty } from '../../core/uncertainty.ts';
import { FULL_CAPACITY_PERCENT, SESSIONS_PER_VCPU } from '../../model/server-load.ts';
import type { Settings } from '../../settings/settings.ts';
import { incident } from '../check.ts';
import { type LoadFacts, type LoadInput, type LoadResult, subjectOf } from './facts.ts';

/** For the person who is logged in: what runs is nothing that an audit reads. */
const RUNNING_SQL = `SELECT pid, usename, client_addr, wait_event_type, now() - query_start AS since, left(query, 120) AS query
  FROM pg_stat_activity
 WHERE state = 'active' AND backend_type = 'client backend' AND pid <> pg_backend_pid()
 ORDER BY query_start LIMIT 20;`;

const LOOK: Advice = { text: 'See what runs, the longest first:', command: RUNNING_SQL };

/** Below this the CPU has room, whatever the sessions of one moment look like. */
const IDLE_CPU_PERCENT = 60;

/** Whether the processor can serve the sessions that run. At most one result; none when it can, or when nothing shows it. */
export function processorConcern(input: LoadInput, settings: Settings): readonly LoadResult[] {
  const { serverLoad } = input.model;
  const { vcpus, recent, statements } = serverLoad;
  const { cpuPercent, capacityPercent } = recent;
  const crowd = vcpus !== null && statements !== null && statements.running > vcpus;
  const isHot = cpuPercent !== null && cpuPercent >= settings.cpuWarningPercent;
  const isFull = capacityPercent !== null && capacityPercent >= FULL_CAPACITY_PERCENT;
  if (!isHot && !isFull) return crowdConcern(input);
  const overwhelmed = crowd || poolTimeouts(input) > 0;
  return [
    incident<LoadFacts>({
      status: overwhelmed ? 'critical' : 'warning',
      subject: subjectOf(input.database, 'CPU'),
      summary: `${isFull ? `The server has used ${Math.floor(capacityPercent)} % of its maximum capacity` : `The CPU has been at ${Math.floor(cpuPercent ?? 0)} %`} for 15 minutes${sessionsText(input)}. ${HARMS}`,
      facts: { ...input.overview, shortOf: isFull ? 'capacity' : 'cpu', ...maximum(input) },
      advice: [LOOK, CANCEL, grow(input)],
      uncertainty: overwhelmed ? null : ALONE,
    }),
  ];
}

/** Many sessions run at once, and for longer than a moment: CloudWatch is some minutes behind. */
function crowdConcern(input: LoadInput): readonly LoadResult[] {
  const { vcpus, statements, recent } = input.model.serverLoad;
  if (vcpus === null || statements === null || statements.lasting <= SESSIONS_PER_VCPU * vcpus) return [];
  return [
    incident<LoadFacts>({
      status: 'warning',
      subject: subjectOf(input.database, 'CPU'),
      summary: `${counted(statements.lasting, 'session')} have run a statement for over a second on ${counted(vcpus, 'vCPU')}, more than ${SESSIONS_PER_VCPU} for each. ${HARMS}`,
      facts: { ...input.overview, shortOf: 'cpu' },
      advice: [LOOK, CANCEL, grow(input)],
      uncertainty: momentOf(recent.cpuPercent, (recent.activeSessions ?? 0) > SESSIONS_PER_VCPU * vcpus),
    }),
  ];
}

/** That a crowd lasts is certain only where DBLoad shows as many over a quarter of an hour. */
function momentOf(cpuPercent: number | null, lasts: boolean): Uncertainty | null {
  if (lasts) return null;
  if (cpuPercent === null) return { confidence: 'medium', reason: 'It is one moment, and CloudWatch has no CPU use.' };
  return {
    confidence: cpuPercent < IDLE_CPU_PERCENT ? 'low' : 'medium',
    reason: `It is one moment: CloudWatch, some minutes behind, has ${Math.floor(cpuPercent)} % CPU use.`,
  };
}

const HARMS = 'More connections would make it slower.';

const ALONE: Uncertainty = {
  confidence: 'medium',
  reason: 'No more sessions run at this moment than there are vCPUs, and no request is known to have timed out.',
};

const CANCEL: Advice = {
  text: 'A statement that nobody waits for, such as a report, can be cancelled: pg_cancel_backend(pid) ends the statement and keeps the session. What LiteLLM repeats comes back at once: there the table has grown, or an index is missing. Restarting LiteLLM does not help.',
};

function sessionsText({ model: { serverLoad } }: LoadInput): string {
  const { statements, vcpus, instanceClass } = serverLoad;
  if (statements === null) return '';
  const on = vcpus === null ? '' : ` on ${counted(vcpus, 'vCPU')} (${instanceClass})`;
  return `, and ${counted(statements.running, 'session')} ${statements.running === 1 ? 'runs' : 'run'} at this moment${on}`;
}

function grow({ rds }: LoadInput): Advice {
  if (rds.serverless !== null) {
    return {
      text: `If it is load that is meant to be there, raise the maximum capacity of the cluster, now ${rds.serverless.maxCapacity} ACU. That requires no restart; only max_connections follows it with the next one.`,
    };
  }
  return {
    text: 'If it is load that is meant to be there, a larger instance class is the permanent fix. The change restarts the database (with a standby, by a failover): all connections end once. Until then send it less: pause reports and spend exports, and do not raise pool limits.',
  };
}

function maximum({ rds }: LoadInput): LoadFacts {
  return rds.serverless === null ? {} : { maximumAcu: rds.serverless.maxCapacity };
}

/** Requests of the last hour that got no connection of their pool in time. */
function poolTimeouts({ snapshot: { sources } }: LoadInput): number {
  const { 'proxy-log': log } = sources;
  return log.status === 'ok' ? (log.value.lines.poolTimeouts ?? 0) : 0;
}
