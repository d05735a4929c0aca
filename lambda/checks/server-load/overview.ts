import { clientName } from '../../model/clients.ts';
import type { Model } from '../../model/model.ts';
import { writerOf } from '../../model/server-load.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { LoadFacts } from './facts.ts';

const GIB = 1024 ** 3;
const SHOWN_STATEMENTS = 5;

/** All that was seen of the server's load, rounded. */
export function overviewOf(snapshot: Snapshot, { serverLoad }: Model): LoadFacts {
  const { vcpus, instanceClass, recent, statements } = serverLoad;
  const { load, sessions } = snapshot.sources;
  const long = sessions.status === 'ok' ? (sessions.value.statements?.long ?? []) : [];
  const allocated = writerOf(snapshot)?.allocatedStorage ?? null;
  return {
    ...(instanceClass !== null && { instanceClass }),
    ...(vcpus !== null && { vcpus }),
    ...(recent.cpuPercent !== null && { cpuPercent: Math.floor(recent.cpuPercent) }),
    ...(recent.capacityPercent !== null && { capacityPercent: Math.floor(recent.capacityPercent) }),
    ...(statements !== null && {
      activeSessions: statements.active,
      runningSessions: statements.running,
      waitingForLocks: statements.waitingForLocks,
      waitingForIo: statements.waitingForIo,
    }),
    ...(recent.activeSessions !== null && { databaseLoad: tenths(recent.activeSessions) }),
    ...(recent.capacityUnits !== null && { capacityUnits: tenths(recent.capacityUnits) }),
    ...(recent.freeStorageBytes !== null && { freeStorageGib: tenths(recent.freeStorageBytes / GIB) }),
    ...(allocated !== null && { allocatedStorageGib: allocated }),
    ...(long.length > 0 && {
      longStatements: long.slice(0, SHOWN_STATEMENTS).map((statement) => ({
        pid: statement.pid,
        client: clientName(statement),
        seconds: Math.max(0, Math.round(statement.seconds)),
        waitsFor: statement.waitsFor,
      })),
    }),
    ...(load.status === 'ok' &&
      load.value.asked === 'essential' && { notAsked: 'memory, credits and I/O, which are read once an hour' }),
  };
}

/** To one decimal; 0 is added since JSON has no -0. */
export function tenths(value: number): number {
  return Math.round(value * 10) / 10 + 0;
}
