import { counted } from '../core/text.ts';
import { instanceSize } from '../litellm/instance-class.ts';
import type { Settings } from '../settings/settings.ts';
import type { LoadSeriesName, MetricPoint, RdsInstance, Snapshot, StatementsSeen } from '../snapshot/snapshot.ts';

/** How busy the server is. What was not seen is null. */
export interface ServerLoad {
  /** Of the writer; null also for a class that is not known and for Aurora Serverless, whose capacity changes. */
  readonly vcpus: number | null;
  readonly memoryBytes: number | null;
  readonly instanceClass: string | null;
  /** The last quarter of an hour of each series, as far as it exists and is fresh. */
  readonly recent: Readonly<Record<LoadSeriesName, number | null>>;
  /** Sessions in a statement at this moment. */
  readonly statements: StatementUse | null;
  /** Why more connections would make it worse, in words; null when nothing shows that. */
  readonly saturated: string | null;
}

interface StatementUse {
  readonly active: number;
  /** Those that wait for nothing: they run, or want to. */
  readonly running: number;
  /** Those of them whose statement has lasted a second or longer. */
  readonly lasting: number;
  readonly waitingForLocks: number;
  readonly waitingForIo: number;
}

/** PostgreSQL's names for the types of wait events. */
const LOCK = 'Lock';
const IO = 'IO';

/** CloudWatch is a few minutes behind; a series that ended earlier says nothing about now. */
const STALE_MS = 1_800_000;
/** A quarter of an hour of periods of five minutes: a shorter peak is over before anybody could act on it. */
const RECENT_POINTS = 3;

/** More active sessions than this for each vCPU wait for one another. */
export const SESSIONS_PER_VCPU = 4;
/** Of its maximum capacity, Aurora Serverless cannot grow any more from about here on. */
export const FULL_CAPACITY_PERCENT = 95;

/** The load of the server, from RDS, CloudWatch and the sessions. */
export function serverLoad(snapshot: Snapshot, { cpuWarningPercent }: Pick<Settings, 'cpuWarningPercent'>): ServerLoad {
  const { load, sessions } = snapshot.sources;
  const instanceClass = writerOf(snapshot)?.class ?? null;
  const { vcpus, memoryMib } = instanceSize(instanceClass ?? '') ?? { vcpus: null, memoryMib: null };
  const recent = (name: LoadSeriesName) => (load.status === 'ok' ? mean(load.value[name], snapshot.takenAt) : null);
  const seen = {
    vcpus,
    memoryBytes: memoryMib === null ? null : memoryMib * 1024 * 1024,
    instanceClass,
    recent: {
      cpuPercent: recent('cpuPercent'),
      freeStorageBytes: recent('freeStorageBytes'),
      freeLocalStorageBytes: recent('freeLocalStorageBytes'),
      capacityPercent: recent('capacityPercent'),
      freeMemoryBytes: recent('freeMemoryBytes'),
      cpuCredits: recent('cpuCredits'),
      ioBalancePercent: recent('ioBalancePercent'),
      diskQueueDepth: recent('diskQueueDepth'),
      activeSessions: recent('activeSessions'),
      capacityUnits: recent('capacityUnits'),
    },
    statements: sessions.status === 'ok' ? use(sessions.value.statements) : null,
  };
  return { ...seen, saturated: saturation(seen, cpuWarningPercent) };
}

/** The instance that LiteLLM writes to, as RDS names it, or the one that is audited where it is alone; undefined when RDS was not seen or names none. */
export function writerOf({ sources: { rds } }: Snapshot): RdsInstance | undefined {
  if (rds.status !== 'ok') return undefined;
  const { instances, kind } = rds.value;
  return instances.find(({ isWriter }) => isWriter) ?? (kind === 'instance' ? instances[0] : undefined);
}

function mean(points: readonly MetricPoint[], takenAt: string): number | null {
  const last = points.slice(-RECENT_POINTS);
  const newest = Date.parse(last.at(-1)?.at ?? '');
  if (!(Date.parse(takenAt) - newest <= STALE_MS)) return null;
  return last.reduce((sum, { value }) => sum + value, 0) / last.length;
}

function use(statements: StatementsSeen | null): StatementUse | null {
  if (statements === null) return null;
  const waiting = (type: string | null) => statements.active.find(({ waitsFor }) => waitsFor === type);
  return {
    active: statements.active.reduce((sum, { count }) => sum + count, 0),
    running: waiting(null)?.count ?? 0,
    lasting: waiting(null)?.lasting ?? 0,
    waitingForLocks: waiting(LOCK)?.lasting ?? 0,
    waitingForIo: waiting(IO)?.count ?? 0,
  };
}

function saturation(
  { vcpus, recent, statements }: Omit<ServerLoad, 'saturated'>,
  cpuWarningPercent: number,
): string | null {
  const { cpuPercent, capacityPercent } = recent;
  const { waitingForLocks = 0, active = 0 } = statements ?? {};
  if (waitingForLocks > 0) {
    return `${counted(waitingForLocks, 'session')} ${waitingForLocks === 1 ? 'waits' : 'wait'} for a lock`;
  }
  if (cpuPercent !== null && cpuPercent >= cpuWarningPercent) return `the CPU is at ${Math.floor(cpuPercent)} %`;
  if (capacityPercent !== null && capacityPercent >= FULL_CAPACITY_PERCENT) {
    return `the server uses ${Math.floor(capacityPercent)} % of its maximum capacity`;
  }
  if (vcpus !== null && active > SESSIONS_PER_VCPU * vcpus) {
    return `${counted(active, 'session')} are active on ${counted(vcpus, 'vCPU')}`;
  }
  return null;
}
