import type { Status } from '../../lambda/core/finding.ts';
import type { Wishes } from '../../lambda/memory/changes.ts';
import { rememberAudit } from '../../lambda/memory/memory.ts';
import type { Observation, Sight } from '../../lambda/memory/observation.ts';
import { parseRecord, serialized } from '../../lambda/memory/record.ts';
import type { State } from '../../lambda/memory/state.ts';
import type { Loaded, Store } from '../../lambda/memory/store.ts';
import type { Change } from '../../lambda/report/change.ts';

export const WISHES: Wishes = { notifyFrom: 'warning', reminderHours: { warning: 24, critical: 24, unknown: 24 } };

export type Shown = 'ok' | 'warning' | 'critical' | 'not-seen';

/** What one run sees, by problem. */
export type Sights = Readonly<Record<string, Shown>>;

/** What becomes of the publishing of one run. `killed`: the message goes out, and the run ends before it can record that. */
export type Publishing = 'works' | 'fails' | 'killed';

export interface Told extends Change {
  /** When, milliseconds since 1970. */
  readonly at: number;
  readonly run: string;
}

/** A place in memory for the record that every store holds, with the condition that every store checks. `pause` lets others go on in between. */
export class SimulatedStore implements Store {
  json: string | undefined;
  revision = 0;
  readonly #pause: () => Promise<void>;

  constructor(pause: () => Promise<void> = async () => {}) {
    this.#pause = pause;
  }

  async load(): Promise<Loaded> {
    await this.#pause();
    return this.json === undefined ? { kind: 'empty' } : parseRecord(this.json, this.revision);
  }

  async save(state: State, over: number): Promise<boolean> {
    await this.#pause();
    if (over !== this.revision) return false;
    this.json = serialized(state);
    this.revision++;
    return true;
  }
}

class Killed extends Error {}

/** One database over time: its memory, the clock, and what people were told. */
export class Month {
  readonly store: SimulatedStore;
  readonly told: Told[] = [];
  /** Each problem with the time of its beginning, where it was not flapping then. */
  readonly beginnings: string[] = [];
  now = Date.parse('2026-11-01T00:00:00Z');
  #runs = 0;

  constructor(pause?: () => Promise<void>) {
    this.store = new SimulatedStore(pause);
  }

  /** One audit that looked at `at`; by default now. */
  async run(sights: Sights, publishing: Publishing = 'works', { at = this.now, run = `run-${++this.#runs}` } = {}) {
    const audited = {
      run,
      at: new Date(at).toISOString(),
      observe: () => observationOf(sights),
      advisories: [],
      previous: null,
      clock: () => this.now,
    };
    try {
      const remembered = await rememberAudit(this.store, await this.store.load(), audited, WISHES, async (changes) => {
        if (publishing === 'fails') return false;
        this.told.push(...changes.map((change) => ({ ...change, at: this.now, run })));
        if (publishing === 'killed') throw new Killed();
        return true;
      });
      const { problems } = remembered.state;
      for (const [problem, { status, since, flapping }] of Object.entries(problems)) {
        if (status !== 'ok' && flapping === 'no') this.beginnings.push(`${problem} ${since}`);
      }
      return remembered;
    } catch (error) {
      if (error instanceof Killed) return { kind: 'killed' as const };
      throw error;
    }
  }

  wait(minutes: number): void {
    this.now += minutes * 60_000;
  }

  /** What is remembered of a problem. */
  problem(problem: string): Status {
    const loaded = parseRecord(this.store.json ?? '', this.store.revision);
    return (loaded.kind === 'stored' ? loaded.state.problems[problem]?.status : undefined) ?? 'ok';
  }

  toldOf(problem: string): readonly Told[] {
    return this.told.filter((change) => change.problem === problem);
  }
}

function observationOf(sights: Sights): Observation {
  return new Map(Object.entries(sights).map(([problem, shown]) => [problem, sightOf(shown)]));
}

function sightOf(shown: Shown): Sight {
  if (shown === 'ok') return { seen: 'fine' };
  if (shown === 'not-seen') return { seen: 'not-seen' };
  return {
    seen: 'bad',
    status: shown satisfies Status,
    headline: `It is ${shown}.`,
    fingerprints: ['0123456789abcdef'],
  };
}
