import { existsSync, readFileSync } from 'node:fs';
import { parseSnapshot, snapshotText } from '../../lambda/snapshot/saved.ts';
import type { LoadSource, RdsSource, Snapshot, Sources, SourceValues } from '../../lambda/snapshot/snapshot.ts';
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
  '09b-cpu-seqscan-timeouts': {
    scenario: 'overloaded',
    take: ({ load, sessions }) => ({
      load: untilNoon(seen(load)),
      sessions: { statements: seen(sessions).statements },
    }),
  },
  '23-aurora-failover': {
    scenario: 'failover',
    take: ({ load, rds, server }) => ({
      load: essential(untilNoon(seen(load))),
      rds: { events: beforeNoon(seen(rds).events, seen(server).now) },
    }),
  },
  '22-rds-proxy-pinned': {
    scenario: 'rds-proxy',
    take: ({ cloudwatch }) => ({ cloudwatch: { rdsProxy: seen(cloudwatch).rdsProxy } }),
  },
};

/** When the cases were taken. Times are recorded as they would have been then, so that each recording is the same. */
const NOON = Date.parse('2026-11-24T12:00:00.000Z');
const MINUTE_MS = 60_000;

/** The readings of a load, the last of the period that ended at noon. */
function untilNoon(load: LoadSource): LoadSource {
  const periodMs = load.periodSeconds * 1000;
  const shifted = Object.entries(load).map(([name, part]) => [
    name,
    Array.isArray(part)
      ? part.map(({ value }, index) => ({
          at: new Date(NOON - (part.length - index) * periodMs).toISOString(),
          value,
        }))
      : part,
  ]);
  return { ...load, ...Object.fromEntries(shifted) };
}

/** Without what only some audits ask for. */
function essential(load: LoadSource): LoadSource {
  const none = { freeMemoryBytes: [], cpuCredits: [], ioBalancePercent: [], diskQueueDepth: [] };
  return { ...load, ...none, activeSessions: [], capacityUnits: [], asked: 'essential' };
}

/** The events so many whole minutes before noon as they were before the audit. */
function beforeNoon(events: RdsSource['events'], now: string): RdsSource['events'] {
  if (events.state !== 'seen') return events;
  return {
    ...events,
    events: events.events.map(({ at, categories }) => {
      const minutes = Math.round((Date.parse(now) - Date.parse(at)) / MINUTE_MS);
      return { at: new Date(NOON - minutes * MINUTE_MS).toISOString(), categories };
    }),
  };
}

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
