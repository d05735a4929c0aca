import type { Advice, Status } from '../../core/finding.ts';
import { shellWord } from '../../core/text.ts';
import { writerOf } from '../../model/server-load.ts';
import { robustSlope } from '../../model/trend/slope.ts';
import type { Settings } from '../../settings/settings.ts';
import type { RdsInstance } from '../../snapshot/snapshot.ts';
import { incident, risk } from '../check.ts';
import { type LoadFacts, type LoadInput, type LoadResult, subjectOf } from './facts.ts';
import { tenths } from './overview.ts';

const GIB = 1024 ** 3;
const FULL = 'storage-full';
/** What RDS autoscaling adds at least (AWS, "Managing capacity automatically"): with less left to the maximum it does not raise it any more. */
const SMALLEST_STEP = 1.1;
/** Less than this share is gone within minutes; autoscaling should have acted at ten percent. */
const NEARLY_NOTHING_PERCENT = 2;
const WARNING_HOURS = 12;
const CRITICAL_HOURS = 3;

/** How long the storage of an RDS instance lasts. Aurora's grows by itself. At most one result. */
export function storageConcern(input: LoadInput, settings: Settings): readonly LoadResult[] {
  const writer = writerOf(input.snapshot);
  if (writer === undefined) return [];
  if (writer.status === FULL) return [isFull(input, writer, settings)];
  const free = input.model.serverLoad.recent.freeStorageBytes;
  const allocated = writer.allocatedStorage;
  if (free === null || allocated === null || allocated <= 0) return [];
  const freeGib = free / GIB;
  const percent = (100 * freeGib) / allocated;
  const perHour = growth(input);
  const hours = perHour > 0 ? freeGib / perHour : Number.POSITIVE_INFINITY;
  const grows = growsByItself(writer);
  const status = statusOf({ percent, hours, grows }, settings);
  if (status === 'ok') return [];
  const soon = hours < WARNING_HOURS || percent < NEARLY_NOTHING_PERCENT;
  const statement = {
    subject: subjectOf(input.database, 'storage'),
    summary: `${tenths(freeGib)} of ${allocated} GiB storage are free (${Math.floor(percent)} %)${growthText(perHour, hours)}. ${autoscalingText(writer)} PostgreSQL stops when there is none.`,
    facts: {
      ...input.overview,
      shortOf: 'storage' as const,
      ...(writer.maxAllocatedStorage !== null && { maxAllocatedStorageGib: writer.maxAllocatedStorage }),
      ...(perHour > 0 && { growsByGibPerHour: tenths(perHour), hoursUntilFull: tenths(hours) }),
    },
    advice: [raise(writer, settings), ...FIND],
  };
  return soon
    ? [incident<LoadFacts>({ ...statement, status })]
    : [risk<LoadFacts>({ ...statement, status: 'warning' })];
}

function isFull({ database, overview }: LoadInput, writer: RdsInstance, settings: Settings): LoadResult {
  return incident<LoadFacts>({
    status: 'critical',
    subject: subjectOf(database, 'storage'),
    summary: `RDS reports ${writer.identifier} as ${FULL}: PostgreSQL does not serve until there is room.`,
    facts: {
      ...overview,
      shortOf: 'storage',
      instanceStatus: writer.status,
      ...(writer.maxAllocatedStorage !== null && { maxAllocatedStorageGib: writer.maxAllocatedStorage }),
    },
    advice: [raise(writer, settings), ...FIND],
  });
}

interface Room {
  readonly percent: number;
  readonly hours: number;
  readonly grows: boolean;
}

/** Autoscaling acts below ten percent; while it can, only storage that runs out faster than it acts is short. */
function statusOf({ percent, hours, grows }: Room, { storageWarningPercent }: Settings): Status {
  if (percent < NEARLY_NOTHING_PERCENT) return 'critical';
  if (grows) return 'ok';
  if (hours < CRITICAL_HOURS) return 'critical';
  return percent < storageWarningPercent || hours < WARNING_HOURS ? 'warning' : 'ok';
}

/** GiB an hour; 0 where it does not grow for certain. */
function growth({ snapshot: { sources } }: LoadInput): number {
  if (sources.load.status !== 'ok') return 0;
  const points = sources.load.value.freeStorageBytes.map(({ at, value }) => ({
    time: Date.parse(at),
    value: value / GIB,
  }));
  const slope = robustSlope(points);
  return slope === null || slope.highPerHour >= 0 ? 0 : -slope.perHour;
}

function growsByItself({ allocatedStorage, maxAllocatedStorage }: RdsInstance): boolean {
  return (
    allocatedStorage !== null && maxAllocatedStorage !== null && maxAllocatedStorage >= allocatedStorage * SMALLEST_STEP
  );
}

function growthText(perHour: number, hours: number): string {
  if (perHour <= 0) return '';
  const until = hours < 48 ? `${tenths(hours)} h` : `${Math.round(hours / 24)} days`;
  return `, and ${tenths(perHour)} GiB an hour are added: full in ${until}`;
}

function autoscalingText(writer: RdsInstance): string {
  if (growsByItself(writer)) return 'Autoscaling has not kept up: RDS changes the storage once in six hours.';
  return writer.maxAllocatedStorage === null
    ? 'Storage autoscaling is off.'
    : `Storage autoscaling has reached its maximum of ${writer.maxAllocatedStorage} GiB.`;
}

function raise({ identifier, allocatedStorage }: RdsInstance, { target }: Settings): Advice {
  const place = target.rds === undefined ? '' : ` --region ${shellWord(target.rds.region)}`;
  const text =
    'Raise the allocated storage by a fifth or more, without downtime. It cannot be lowered again, and not be changed for the next six hours; where it was changed within the last six, RDS refuses. Restarting LiteLLM or the database frees nothing.';
  if (allocatedStorage === null) return { text };
  return {
    text: `${text} Raise the maximum of the autoscaling (--max-allocated-storage) with it:`,
    command: `aws rds modify-db-instance${place} --db-instance-identifier ${shellWord(identifier)} --allocated-storage ${Math.ceil(allocatedStorage * 1.2)} --apply-immediately`,
  };
}

/** What takes it; for when the database serves. */
const FIND: readonly Advice[] = [
  {
    text: 'Then find what takes it. The largest tables, and replication slots that hold back old log files:',
    command: `SELECT relname, pg_size_pretty(relpages::bigint * 8192) AS size FROM pg_class WHERE relkind IN ('r', 'i', 't') ORDER BY relpages DESC LIMIT 10;
SELECT slot_name, active, wal_status FROM pg_replication_slots;`,
  },
  {
    text: 'For a permanent fix let LiteLLM delete old spend logs (maximum_spend_logs_retention_period), and keep autoscaling on with a maximum that leaves room.',
  },
];
