import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConnectionPhase, connectionPhaseSchema } from '../../lambda/snapshot/schema/source.ts';
import type { WirePhase } from '../../sandbox/wire/fault.ts';
import { type CataloguedFault, catalogueOf, harmlessOf } from './catalogue.ts';
import { type FaultWorld, type Outcome, startFaultWorld } from './world.ts';

/** `npm run test:faults` runs them all. */
const ALL = process.env.FAULTS === 'all';
const SAMPLE_SIZE = 60;
const HARMLESS_SAMPLE_SIZE = 5;
const AT_ONCE = 6;
/** The login, eight statements of which the client waits half a second longer than the server, and the machine's own slowness. */
const LONGEST_MS = 8000;

let world: FaultWorld;
beforeAll(async () => {
  world = await startFaultWorld();
});
afterAll(() => world.stop());

/** Why it is a miss; null when the audit named what happened. */
function miss({ phase: spoiled }: CataloguedFault, outcome: Outcome): string | null {
  const { status, cause, phase, changed, text, durationMs, wasMet } = outcome;
  if (!wasMet) return 'was not met';
  if (durationMs > LONGEST_MS) return `took ${Math.round(durationMs)} ms`;
  if (text.includes(world.secret)) return 'shows the password';
  if (/\n\s+at .*:\d+:\d+/.test(text)) return 'shows a stack trace';
  if (status !== 'critical' && status !== 'unknown') return `is ${status}`;
  if (changed.length === 0) return 'changes nothing';
  if (changed.some(({ summary }) => /reason that (is not known|the auditor does not know)/.test(summary)))
    return 'has no reason';
  if (phase !== undefined && !isNear(phase, spoiled)) return `names the phase ${phase}`;
  const wayless = cause === 'unreachable' || cause === 'name-unresolved';
  return spoiled !== 'connect' && wayless ? 'blames the way to the database' : null;
}

const PHASES: readonly ConnectionPhase[] = connectionPhaseSchema.options;

/** The phase itself or a neighbour: what is spoiled on its way to the server shows in what comes back. */
function isNear(named: ConnectionPhase, spoiled: WirePhase): boolean {
  const place = PHASES.findIndex((phase) => spoiled.startsWith(phase));
  return Math.abs(PHASES.indexOf(named) - place) <= 1;
}

async function runAll(faults: readonly CataloguedFault[]) {
  const results: { readonly entry: CataloguedFault; readonly outcome: Outcome }[] = [];
  const queue = [...faults];
  const work = async () => {
    for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
      const outcome = await world.run(entry.fault, entry.tls);
      // On a busy machine the deadline can come first, so it has another try.
      results.push({ entry, outcome: outcome.wasMet ? outcome : await world.run(entry.fault, entry.tls) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

/** Every n-th, which is the same in each run and reaches every phase. */
function sampleOf(faults: readonly CataloguedFault[], size: number): readonly CataloguedFault[] {
  const step = faults.length / size;
  return ALL ? faults : Array.from({ length: size }, (_each, index) => faults[Math.floor(index * step)] ?? []).flat();
}

function table(faults: readonly CataloguedFault[]): string {
  const kinds = [...new Set(faults.map(({ kind }) => kind))];
  const steps = [...new Set(faults.map(({ step }) => step))];
  const count = (step: string, kind: string) =>
    faults.filter((each) => each.step === step && each.kind === kind).length;
  const line = ([first, ...cells]: readonly (string | number)[]) =>
    String(first).padEnd(15) + cells.map((cell) => String(cell).padStart(10)).join('');
  return [
    line(['', ...kinds]),
    ...steps.map((step) => line([step, ...kinds.map((kind) => count(step, kind) || '')])),
  ].join('\n');
}

describe('an audit', () => {
  it('ends in time with a named finding when a message of the connection is spoiled', async () => {
    const faults = sampleOf(catalogueOf(world.seen), SAMPLE_SIZE);

    const results = await runAll(faults);

    const missed = results.flatMap(({ entry, outcome }) => {
      const why = miss(entry, outcome);
      if (why === null) return [];
      const says = outcome.changed.map(({ summary }) => summary).join(' ');
      return [`${entry.name}: ${why}. ${outcome.cause ?? ''} ${says}`];
    });
    if (ALL) {
      console.log(`${faults.length} faults in ${cellsOf(faults)} cells, ${missed.length} missed\n${table(faults)}`);
    }
    expect(missed).toEqual([]);
  }, 900_000);

  it('is complete when what is spoiled comes too late to matter, or says the same twice', async () => {
    const results = await runAll(sampleOf(harmlessOf(world.seen), HARMLESS_SAMPLE_SIZE));

    const changed = results.filter(({ outcome }) => outcome.changed.length > 0 || !outcome.wasMet);
    expect(changed.map(({ entry }) => entry.name)).toEqual([]);
  }, 300_000);

  it('can go wrong in at least 500 ways and 40 cells', () => {
    const faults = catalogueOf(world.seen);

    expect(faults.length).toBeGreaterThanOrEqual(500);
    expect(cellsOf(faults)).toBeGreaterThanOrEqual(40);
  });
});

function cellsOf(faults: readonly CataloguedFault[]): number {
  return new Set(faults.map(({ step, kind }) => `${step}, ${kind}`)).size;
}
