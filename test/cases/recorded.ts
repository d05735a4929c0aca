import { existsSync, readFileSync } from 'node:fs';
import { parseSnapshot, snapshotText } from '../../lambda/snapshot/saved.ts';
import type { Snapshot, Sources, SourceValues } from '../../lambda/snapshot/snapshot.ts';
import { seen } from '../snapshot/look.ts';

/** Parts of sources, by the source's name. */
type Parts = { readonly [Name in keyof SourceValues]?: Partial<SourceValues[Name]> };

interface Recorded {
  /** In which the sandbox shows what the case lacks. */
  readonly scenario: string;
  /** What of it the case lacks. */
  readonly take: (sources: Sources) => Parts;
}

/** What release 0.1.0 could not see of a case, and so is not in its file: `npx vitest run test/cases/recorded -u` records it from a scenario. */
export const RECORDED: Readonly<Record<string, Recorded>> = {
  '06-idle-tcp-dropped': {
    scenario: 'network-drops-idle',
    take: ({ 'proxy-log': log }) => ({ 'proxy-log': seen(log) }),
  },
  '13-client-not-connected': {
    scenario: 'query-engine',
    take: ({ 'proxy-log': log }) => ({ 'proxy-log': seen(log) }),
  },
  '22-rds-proxy-pinned': {
    scenario: 'rds-proxy',
    take: ({ cloudwatch }) => ({ cloudwatch: { rdsProxy: seen(cloudwatch).rdsProxy } }),
  },
};

/** Of a case, relative to this folder. */
export function recordedFile(name: string): string {
  return `recorded/${name}.json`;
}

/** The case with what was recorded for it; as it is where nothing was. */
export function withRecorded(name: string, snapshot: Snapshot): Snapshot {
  const file = new URL(recordedFile(name), import.meta.url);
  if (!existsSync(file)) return snapshot;
  const parts: Readonly<Record<string, object>> = JSON.parse(readFileSync(file, 'utf8'));
  const before = new Map<string, Sources[keyof Sources]>(Object.entries(snapshot.sources));
  const recorded = Object.entries(parts).map(([source, part]) => {
    const old = before.get(source);
    const value = old?.status === 'ok' ? { ...old.value, ...part } : part;
    return [source, { status: 'ok', durationMs: 1, value }];
  });
  const merged = {
    ...JSON.parse(snapshotText(snapshot)),
    sources: { ...snapshot.sources, ...Object.fromEntries(recorded) },
  };
  return parseSnapshot(JSON.stringify(merged));
}
