import { INSTANCE_CLASSES } from './releases/instance-classes.ts';

/** vCPUs and MiB of memory of an instance class; null for one that is not known. The name is whatever RDS says. */
export function instanceSize(name: string): { readonly vcpus: number; readonly memoryMib: number } | null {
  const [vcpus, memoryMib] = Object.hasOwn(INSTANCE_CLASSES, name) ? (INSTANCE_CLASSES[name] ?? []) : [];
  return vcpus === undefined || memoryMib === undefined ? null : { vcpus, memoryMib };
}
