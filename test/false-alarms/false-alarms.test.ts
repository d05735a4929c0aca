import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBad } from '../../lambda/core/finding.ts';
import { diagnose } from '../../lambda/diagnosis/diagnose.ts';
import { evaluate } from '../snapshots.ts';
import { type Change, DIMENSIONS } from './dimensions.ts';
import { QUIET, type Scene, settingsOf, snapshotOf } from './scene.ts';

/** The same states in each run: one that alarms is a fault, not bad luck. */
const SEED = 20_261_125;
const HEALTHY_STATES = 200;
const SICK_STATES = 5;

const TIMEOUT_MS = 120_000;

const anyHealthy: fc.Arbitrary<Scene> = fc
  .tuple(...DIMENSIONS.map(({ healthy }) => healthy))
  .map((changes) => changed(changes));

function changed(changes: readonly Change[]): Scene {
  return changes.reduce((scene, change) => change(scene), QUIET);
}

function incidentsIn(scene: Scene) {
  return evaluate(snapshotOf(scene), settingsOf()).filter((finding) => finding.kind === 'incident' && isBad(finding));
}

describe('a healthy state', () => {
  it(
    `gives no incident and no cause when it is one of ${HEALTHY_STATES}`,
    () => {
      fc.assert(
        fc.property(anyHealthy, (scene) => {
          const findings = evaluate(snapshotOf(scene), settingsOf());
          const incidents = findings.filter((finding) => finding.kind === 'incident' && isBad(finding));

          expect(incidents.map(({ checkId, summary }) => [checkId, summary])).toEqual([]);
          expect(diagnose(findings).causes.filter(({ id }) => id !== 'pools-do-not-fit')).toEqual([]);
        }),
        { seed: SEED, numRuns: HEALTHY_STATES },
      );
    },
    TIMEOUT_MS,
  );
});

describe('each dimension of it', () => {
  it.each(DIMENSIONS)(
    'gives an incident of $seenBy when it is pushed: $name',
    ({ sick, seenBy }) => {
      fc.assert(
        fc.property(sick, (change) => {
          expect(incidentsIn(changed([change])).map(({ checkId }) => checkId)).toContain(seenBy);
        }),
        { seed: SEED, numRuns: SICK_STATES },
      );
    },
    TIMEOUT_MS,
  );
});
