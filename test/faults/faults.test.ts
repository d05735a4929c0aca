import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConnectionPhase, connectionPhaseSchema } from '../../lambda/snapshot/schema/source.ts';
import type { WirePhase } from '../../sandbox/wire/fault.ts';
import { CATALOGUE, type CataloguedFault, TERMINATE } from './catalogue.ts';
import { type FaultWorld, type Outcome, startFaultWorld } from './world.ts';

/** `npm run test:faults` runs them all. */
const ALL = process.env.FAULTS === 'all';
const SAMPLE_SIZE = 60;
const AT_ONCE = 4;
/** The login, eight statements of which the client waits half a second longer than the server, and the machine's own slowness. */
const LONGEST_MS = 8000;

/** Every n-th, which is the same in each run and in every phase. */
const chosen = ALL
  ? CATALOGUE
  : CATALOGUE.filter((_fault, index) => index % Math.ceil(CATALOGUE.length / SAMPLE_SIZE) === 0);

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

function table(faults: readonly CataloguedFault[]): string {
  const kinds = [...new Set(CATALOGUE.map(({ kind }) => kind))];
  const phases = [...new Set(faults.map(({ phase }) => phase))];
  const count = (phase: string, kind: string) =>
    faults.filter((fault) => fault.phase === phase && fault.kind === kind).length;
  const line = (cells: readonly (string | number)[]) => cells.map((cell) => String(cell).padEnd(14)).join('');
  return [
    line(['phase', ...kinds]),
    ...phases.map((phase) => line([phase, ...kinds.map((kind) => count(phase, kind) || '')])),
  ].join('\n');
}

describe('an audit', () => {
  it(`ends in time with a named finding when a message of the connection is spoiled, in ${chosen.length} ways`, async () => {
    const results = await runAll(chosen);

    const missed = results.flatMap(({ entry, outcome }) => {
      const why = miss(entry, outcome);
      if (why === null) return [];
      const says = outcome.changed.map(({ summary }) => summary).join(' ');
      return [`${entry.name}: ${why}. ${outcome.cause ?? ''} ${says}`];
    });
    if (ALL) {
      const cells = new Set(chosen.map(({ phase, kind }) => `${phase} ${kind}`));
      console.log(`${chosen.length} faults in ${cells.size} cells, ${missed.length} missed\n${table(chosen)}`);
    }
    expect(missed).toEqual([]);
  }, 600_000);

  it('is complete when only the goodbye is spoiled', async () => {
    const results = await runAll(ALL ? TERMINATE : TERMINATE.slice(0, 3));

    expect(results.flatMap(({ outcome: { changed } }) => changed)).toEqual([]);
  });

  it('is asked about in at least 500 ways and 40 cells', () => {
    expect(CATALOGUE.length).toBeGreaterThanOrEqual(500);
    expect(new Set(CATALOGUE.map(({ phase, kind }) => `${phase} ${kind}`)).size).toBeGreaterThanOrEqual(40);
  });
});
