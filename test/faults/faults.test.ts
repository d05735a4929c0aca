import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CataloguedFault, catalogueOf, harmlessOf } from './catalogue.ts';
import { missesOf, whyIncomplete, whyMissed } from './misses.ts';
import { ALL_FAULTS, type FaultWorld, startFaultWorld } from './world.ts';

const SAMPLE_SIZE = 60;
const HARMLESS_SAMPLE_SIZE = 5;
let world: FaultWorld;
beforeAll(async () => {
  world = await startFaultWorld();
});
afterAll(() => world.stop());

/** Every n-th, which is the same in each run and reaches every phase. */
function sampleOf(faults: readonly CataloguedFault[], size: number): readonly CataloguedFault[] {
  const step = faults.length / size;
  return ALL_FAULTS
    ? faults
    : Array.from({ length: size }, (_each, index) => faults[Math.floor(index * step)] ?? []).flat();
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

    const missed = await missesOf(faults, world, whyMissed);

    if (ALL_FAULTS) {
      console.log(`${faults.length} faults in ${cellsOf(faults)} cells, ${missed.length} missed\n${table(faults)}`);
    }
    expect(missed).toEqual([]);
  }, 900_000);

  it('is complete when what is spoiled comes too late to matter, or says the same twice', async () => {
    const faults = sampleOf(harmlessOf(world.seen), HARMLESS_SAMPLE_SIZE);

    expect(await missesOf(faults, world, whyIncomplete)).toEqual([]);
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
