import type { ProxyLogSource } from '../snapshot/snapshot.ts';

/** When the lines of the proxy's log were written, as far as is known. */
export function logWindow({ from }: Pick<ProxyLogSource, 'from'>): string {
  return from === 'metrics' ? 'in the last hour' : 'in the log that was given';
}
