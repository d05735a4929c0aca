import { counted } from '../../core/text.ts';
import { incident } from '../check.ts';
import { type LoadFacts, type LoadInput, type LoadResult, subjectOf } from './facts.ts';
import { tenths } from './overview.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** Our own choices; each is far from what a healthy server shows. */
const LEAST_MEMORY_PERCENT = 3;
const LEAST_MEMORY_BYTES = 64 * MIB;
const LEAST_CREDITS = 5;
const LEAST_IO_PERCENT = 10;
const DEEP_QUEUE = 20;
const IO_WAITERS = 4;
const LEAST_LOCAL_BYTES = 2 * GIB;

/** db.t3 and db.t4g run in unlimited mode on RDS: without credits they cost more and are no slower. */
const LIMITED_CLASS = /^db\.t2\./;

/** Whether memory, CPU credits, I/O and the space for temporary files are short: one result for each that is. */
export function resourceConcerns(input: LoadInput): readonly LoadResult[] {
  return [...memory(input), ...credits(input), ...io(input), ...localStorage(input)];
}

function memory({ model: { serverLoad }, rds, overview, database }: LoadInput): readonly LoadResult[] {
  const { recent, memoryBytes } = serverLoad;
  const free = recent.freeMemoryBytes;
  // Serverless follows its memory: that it cannot any more is seen by its capacity.
  if (free === null || rds.serverless !== null) return [];
  const least = memoryBytes === null ? LEAST_MEMORY_BYTES : (memoryBytes * LEAST_MEMORY_PERCENT) / 100;
  if (free >= least) return [];
  const of = memoryBytes === null ? '' : ` of ${Math.round(memoryBytes / MIB)} MiB`;
  return [
    incident<LoadFacts>({
      status: 'warning',
      subject: subjectOf(database, 'memory'),
      summary: `Only ${Math.round(free / MIB)} MiB${of} of memory are free. PostgreSQL is restarted when there is none left, which ends all connections.`,
      facts: {
        ...overview,
        shortOf: 'memory',
        freeMemoryMib: Math.round(free / MIB),
        ...(memoryBytes !== null && { memoryMib: Math.round(memoryBytes / MIB) }),
      },
      advice: [
        {
          text: 'Each connection takes memory, and each sort or hash of a statement work_mem. Close sessions that nobody uses (connection-leak), and lower pool limits rather than raise max_connections. See who holds how many:',
          command: `SELECT usename, application_name, state, count(*) FROM pg_stat_activity
 WHERE backend_type = 'client backend' GROUP BY 1, 2, 3 ORDER BY 4 DESC;`,
        },
        { text: 'If the pools are as they should be, a class with more memory is the permanent fix.' },
      ],
      uncertainty: {
        confidence: 'medium',
        reason: 'FreeableMemory does not show what the system could still give back.',
      },
    }),
  ];
}

function credits({ model: { serverLoad }, overview, database }: LoadInput): readonly LoadResult[] {
  const { recent, instanceClass } = serverLoad;
  const left = recent.cpuCredits;
  if (left === null || left > LEAST_CREDITS || !LIMITED_CLASS.test(instanceClass ?? '')) return [];
  return [
    incident<LoadFacts>({
      status: 'warning',
      subject: subjectOf(database, 'CPU credits'),
      summary: `${instanceClass} has ${counted(Math.round(left), 'CPU credit')} left, so that it runs at its baseline: a fraction of its CPU.`,
      facts: { ...overview, shortOf: 'credits', cpuCredits: tenths(left) },
      advice: [
        {
          text: 'Move it to a class without a limit, such as db.t4g or db.m7g, at a quiet time: the change restarts the database. Until then send it less; more connections make it slower.',
        },
      ],
    }),
  ];
}

function io({ model: { serverLoad }, overview, database }: LoadInput): readonly LoadResult[] {
  const { recent, statements } = serverLoad;
  const { ioBalancePercent: balance, diskQueueDepth: queue } = recent;
  const waiting = statements?.waitingForIo ?? 0;
  const isSpent = balance !== null && balance < LEAST_IO_PERCENT;
  const isQueued = queue !== null && queue >= DEEP_QUEUE && waiting >= IO_WAITERS;
  if (!isSpent && !isQueued) return [];
  return [
    incident<LoadFacts>({
      status: 'warning',
      subject: subjectOf(database, 'I/O'),
      summary: `${isSpent ? `${Math.floor(balance)} % of the I/O credits are left` : `${Math.round(queue ?? 0)} I/O requests wait for the disk`}, and ${counted(waiting, 'session')} ${waiting === 1 ? 'waits' : 'wait'} for it at this moment. Statements are slow because of the disk, not because of the connections.`,
      facts: {
        ...overview,
        shortOf: 'io',
        ...(balance !== null && { ioBalancePercent: tenths(balance) }),
        ...(queue !== null && { diskQueueDepth: tenths(queue) }),
      },
      advice: [
        {
          text: 'See which sessions read or write, and for how long. A report, a vacuum or a backup ends by itself: wait for it.',
          command: `SELECT pid, usename, backend_type, wait_event, now() - query_start AS since FROM pg_stat_activity
 WHERE wait_event_type = 'IO' ORDER BY query_start LIMIT 20;`,
        },
        {
          text: 'If it stays, the permanent fix is more IOPS (gp3 or io2) or a larger class, whose I/O has no credits. More connections make it slower.',
        },
      ],
      uncertainty:
        waiting > 0 ? null : { confidence: 'medium', reason: 'No session waits for the disk at this moment.' },
    }),
  ];
}

/** Aurora's own storage grows by itself; this is the disk of the instance, for sorts, hashes and index builds. */
function localStorage({ model: { serverLoad }, overview, database }: LoadInput): readonly LoadResult[] {
  const free = serverLoad.recent.freeLocalStorageBytes;
  if (free === null || free >= LEAST_LOCAL_BYTES) return [];
  return [
    incident<LoadFacts>({
      status: 'warning',
      subject: subjectOf(database, 'local storage'),
      summary: `The instance has ${tenths(free / GIB)} GiB left for temporary files. The data is not affected; statements that sort much, and index builds, fail when there is none.`,
      facts: { ...overview, shortOf: 'local-storage', freeLocalStorageGib: tenths(free / GIB) },
      advice: [
        {
          text: 'See which databases write temporary files, and find the report or index build that does. It is freed when the statement ends:',
          command: 'SELECT datname, temp_files, temp_bytes FROM pg_stat_database ORDER BY temp_bytes DESC LIMIT 10;',
        },
        { text: 'A larger instance class has more of it: its size follows the class and cannot be set.' },
      ],
    }),
  ];
}
