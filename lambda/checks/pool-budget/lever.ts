import { instanceSize } from '../../litellm/instance-class.ts';
import { INSTANCE_CLASSES } from '../../litellm/releases/instance-classes.ts';
import { writerOf } from '../../model/server-load.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';

/** Bytes of memory for each connection, and the most, in the default of RDS and Aurora (knowledge/aws.md, Amazon RDS). */
const BYTES_PER_CONNECTION = 9_531_392;
const MOST_BY_DEFAULT = 5000;
const MIB = 1024 ** 2;

/** What makes room for more connections on this kind of server. */
export interface Lever {
  /** Aurora Serverless: max_connections follows its capacity, and cannot be raised past it. */
  readonly isCapacity: boolean;
  /** `raise ...` until max_connections is so many. */
  raise(needed: number): string;
}

/** The lever of the engine that RDS reports; max_connections itself where RDS was not seen. */
export function leverOf(snapshot: Snapshot, maxConnections: number): Lever {
  const { rds } = snapshot.sources;
  if (rds.status !== 'ok') {
    return {
      isCapacity: false,
      raise: (needed) => `raise max_connections to ${needed} or more, from the next restart on`,
    };
  }
  const { serverless } = rds.value;
  if (serverless !== null) {
    return {
      isCapacity: true,
      raise: (needed) =>
        `raise the maximum capacity of the cluster, now ${serverless.maxCapacity} ACU, until max_connections is ${needed} or more: it follows that maximum, from the next reboot on`,
    };
  }
  const writer = writerOf(snapshot);
  const group = writer?.parameterGroups[0]?.name;
  const parameter = `max_connections${group ? ` in the parameter group ${group}` : ''}`;
  return {
    isCapacity: false,
    raise: (needed) => {
      const larger = writer === undefined ? null : largerClass(writer.class, maxConnections, needed);
      const byClass = larger === null ? '' : `, or use ${larger}, which has as many by default`;
      return `raise ${parameter} to ${needed} or more, from the next reboot on, while memory is free (about 10 MB for each)${byClass}`;
    },
  };
}

/** What a class reserves of its memory makes its default smaller than the formula's. */
const DEFAULT_SHARE = 0.8;

/**
 * The smallest class of the same family whose default reaches it; null where the class is not known, none does, or max_connections does not follow the
 * class because somebody has set it.
 */
function largerClass(current: string, maxConnections: number, needed: number): string | null {
  const memory = instanceSize(current)?.memoryMib;
  if (memory === undefined) return null;
  const usual = byDefault(memory);
  if (maxConnections > usual || maxConnections < usual * DEFAULT_SHARE) return null;
  const family = current.slice(0, current.lastIndexOf('.') + 1);
  const [smallest] = Object.entries(INSTANCE_CLASSES)
    .filter(([name, [, mib]]) => name.startsWith(family) && mib > memory && byDefault(mib) * DEFAULT_SHARE >= needed)
    .sort(([, [, one]], [, [, other]]) => one - other);
  return smallest?.[0] ?? null;
}

function byDefault(memoryMib: number): number {
  return Math.min(MOST_BY_DEFAULT, Math.floor((memoryMib * MIB) / BYTES_PER_CONNECTION));
}
