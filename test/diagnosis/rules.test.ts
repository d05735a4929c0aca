import { describe, expect, it } from 'vitest';
import type { CheckFinding } from '../../lambda/checks/registry.ts';
import { diagnose } from '../../lambda/diagnosis/diagnose.ts';
import { RULES, type Rule } from '../../lambda/diagnosis/rules.ts';
import type { Sign } from '../../lambda/diagnosis/signs.ts';
import { CONTRADICTIONS } from './contradictions.ts';
import { NEAR_MISSES } from './near-misses.ts';
import { ROWS } from './rows.ts';
import { CONFIRMATIONS, SUPPORT } from './support.ts';
import { findingsIn, type World } from './world.ts';

function causesIn(findings: readonly CheckFinding[]): readonly string[] {
  return diagnose(findings).causes.map(({ id }) => id);
}

function shows(sign: Sign, findings: readonly CheckFinding[]): boolean {
  return sign.find(findings).length > 0;
}

/** The rows of a rule of which every sign is there, by their index. */
function metRows({ when }: Rule, findings: readonly CheckFinding[]): readonly number[] {
  return [...when.entries()].flatMap(([index, row]) => (row.every((sign) => shows(sign, findings)) ? [index] : []));
}

/** Each thing with the world at the same place; none where there is no world for it, so that its test fails. */
function paired<Thing, Scenario>(
  things: (rule: Rule) => readonly Thing[],
  scenarios: Readonly<Partial<Record<Rule['id'], readonly Scenario[]>>>,
) {
  return RULES.flatMap((rule) =>
    things(rule).map((thing, index) => ({ id: rule.id, index, rule, thing, scenario: scenarios[rule.id]?.[index] })),
  );
}

const healthy: World = {};

describe('a rule', () => {
  it.each(RULES)('has a world for each sign when it is $id', (rule) => {
    expect(ROWS[rule.id]).toHaveLength(rule.when.length);
    expect(SUPPORT[rule.id]).toHaveLength(rule.also.length);
    expect(CONFIRMATIONS[rule.id] ?? []).toHaveLength(rule.confirms.length);
    expect(CONTRADICTIONS[rule.id]).toHaveLength(rule.unless.length);
    const several = [...rule.when.entries()].flatMap(([row, { length }]) => (length > 1 ? [[row, length]] : []));
    expect((NEAR_MISSES[rule.id] ?? []).map(({ row, without }) => [row, without.length])).toEqual(several);
  });

  it('names nothing when the world is healthy', () => {
    expect(causesIn(findingsIn(healthy))).toEqual([]);
  });

  it.each(paired(({ when }) => when, ROWS))(
    'names $id alone when its row $index is all that the checks find',
    ({ id, index, rule, thing, scenario = healthy }) => {
      const findings = findingsIn(scenario);

      const { causes } = diagnose(findings);

      expect(metRows(rule, findings)).toEqual([index]);
      expect(causes.map((cause) => cause.id)).toEqual([id]);
      const shown = thing.flatMap((sign) => sign.find(findings).map(({ fingerprint }) => fingerprint));
      expect(causes[0]?.fingerprints).toEqual(expect.arrayContaining(shown));
    },
  );

  it.each(
    RULES.flatMap((rule) =>
      [...rule.when.entries()].flatMap(([row, signs]) =>
        signs.length < 2 ? [] : signs.map((_, missing) => ({ id: rule.id, rule, row, signs, missing })),
      ),
    ),
  )('does not name $id when of its row $row sign $missing alone is missing', ({ id, rule, row, signs, missing }) => {
    const without = NEAR_MISSES[id]?.find((nearMiss) => nearMiss.row === row)?.without ?? [];
    const findings = findingsIn(without[missing] ?? healthy);

    const found = [...signs.entries()].flatMap(([at, sign]) => (shows(sign, findings) ? [at] : []));
    expect(found).toEqual([...signs.keys()].filter((at) => at !== missing));
    expect(metRows(rule, findings)).toEqual([]);
    expect(causesIn(findings)).not.toContain(id);
  });

  it.each(paired(({ also }) => also, SUPPORT))(
    'bases $id on its support $index too when the checks find it',
    ({ id, thing, scenario = healthy }) => {
      const findings = findingsIn(scenario);

      const cause = diagnose(findings).causes.find((named) => named.id === id);

      const shown = thing.find(findings).map(({ fingerprint }) => fingerprint);
      expect(shown).not.toEqual([]);
      expect(cause?.fingerprints).toEqual(expect.arrayContaining(shown));
    },
  );

  it.each(paired(({ confirms }) => confirms, CONFIRMATIONS))(
    'bases $id on its confirmation $index too when the checks find it',
    ({ id, thing, scenario = healthy }) => {
      const findings = findingsIn(scenario);

      const cause = diagnose(findings).causes.find((named) => named.id === id);

      const shown = thing.find(findings).map(({ fingerprint }) => fingerprint);
      expect(shown).not.toEqual([]);
      expect(cause?.fingerprints).toEqual(expect.arrayContaining(shown));
    },
  );

  it.each(paired(({ unless }) => unless, CONTRADICTIONS))(
    'does not name $id when its contradiction $index alone is there',
    ({ id, index, rule, scenario = { named: healthy, but: healthy } }) => {
      const findings = findingsIn({ ...scenario.named, ...scenario.but });

      const found = [...rule.unless.entries()].flatMap(([at, sign]) => (shows(sign, findings) ? [at] : []));
      expect(causesIn(findingsIn(scenario.named))).toContain(id);
      expect(found).toEqual([index]);
      expect(metRows(rule, findings)).not.toEqual([]);
      expect(causesIn(findings)).not.toContain(id);
    },
  );

  it('has no support that is a row by itself, which would add nothing', () => {
    const idle = RULES.flatMap(({ id, when, also, confirms }) =>
      [...also, ...confirms].filter((sign) => when.some((row) => row.length === 1 && row[0] === sign)).map(() => id),
    );

    expect(idle).toEqual([]);
  });
});
