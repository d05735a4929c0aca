import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckFinding } from '../../lambda/checks/registry.ts';
import { type Confidence, isBad, type Status } from '../../lambda/core/finding.ts';
import { diagnose } from '../../lambda/diagnosis/diagnose.ts';
import { failureKindSchema } from '../../lambda/snapshot/schema/source.ts';
import { anyText } from '../report/texts.ts';
import { cohort, fromCohorts } from '../sessions.ts';
import { failed, idleTransaction, proxy, seen, sessions } from '../snapshots.ts';
import { CONTRADICTIONS } from './contradictions.ts';
import {
  GLOBAL_ROW,
  GROWTH,
  HIDDEN,
  IAM_LEAK,
  KEY_SETTINGS,
  LARGE_POOLS,
  LOOKUPS_FOLLOW,
  NARROW,
  PASSWORD_LEAK,
  PER_REQUEST_VERSION,
  RECENT_GROWTH,
  SILENT_LATER,
  TEAM_SETTINGS,
  USER_CONFIG,
} from './pieces.ts';
import { ROWS } from './rows.ts';
import { SUPPORT } from './support.ts';
import { findingsIn, type World } from './world.ts';

function causesIn(world: World) {
  return diagnose(findingsIn(world)).causes;
}

function idsIn(world: World) {
  return causesIn(world).map(({ id }) => id);
}

/** What is found in every world of the tests, and behind every failure to connect or to ask AWS. */
const EVERYWHERE: readonly (readonly CheckFinding[])[] = [
  HIDDEN,
  SILENT_LATER,
  ...Object.values(ROWS).flat(),
  ...Object.values(SUPPORT).flat(),
  ...Object.values(CONTRADICTIONS)
    .flat()
    .map(({ named, but }) => ({ ...named, ...but })),
  ...failureKindSchema.options.flatMap((kind) => [
    { refused: kind },
    { refused: kind, sources: { rds: failed(kind), cloudwatch: failed(kind) } },
    { sources: { rds: failed(kind), cloudwatch: failed(kind) } },
  ]),
].map(findingsIn);

describe('diagnose', () => {
  it('names nothing when what is not ok is for information, or was not seen by no fault of the auditor', () => {
    expect(idsIn({ sessionsUnseen: true })).toEqual([]);
    expect(diagnose([]).causes).toEqual([]);
  });

  it('names the worse first when two causes show, whatever the order of the rules', () => {
    const openTransaction = fromCohorts([cohort(77, 66, { count: 8 }), cohort(5, 0, { count: 8 })], [], {
      idleTransactions: [idleTransaction({ idleSeconds: 2000 })],
      idleTransactionCount: 1,
    });

    expect(idsIn({ ...IAM_LEAK, ...NARROW, ...USER_CONFIG })).toEqual(['iam-token-refresh', 'user-config']);
    expect(idsIn({ ...IAM_LEAK, sessions: openTransaction })).toEqual(['idle-in-transaction', 'iam-token-refresh']);
  });

  it('names the worse first when the other is more certain', () => {
    const causes = causesIn({ ...GROWTH, ...USER_CONFIG, sessionsUnseen: true, version: '1.82.6' });

    expect(causes.map(({ id, confidence }) => [id, confidence])).toEqual([
      ['orphaned-engine', 'medium'],
      ['user-config', 'high'],
    ]);
  });

  it('names the more certain first when two causes are as bad', () => {
    expect(idsIn({ ...LOOKUPS_FOLLOW, ...USER_CONFIG })).toEqual(['user-config', 'per-request-router']);
  });

  it('follows the order of the rules when two causes are as bad and as certain', () => {
    expect(idsIn({ ...USER_CONFIG, ...LARGE_POOLS })).toEqual(['user-config', 'pools-do-not-fit']);
  });

  it('names two when three causes show', () => {
    expect(idsIn({ ...LOOKUPS_FOLLOW, ...USER_CONFIG, ...LARGE_POOLS })).toEqual(['user-config', 'pools-do-not-fit']);
  });

  it('is more certain than the sign that establishes it when another confirms that', () => {
    const alone = causesIn(PASSWORD_LEAK);
    const confirmed = causesIn({ ...PASSWORD_LEAK, ...NARROW, ...GROWTH });

    expect(alone.map(({ id, confidence }) => [id, confidence])).toEqual([['leaked-connections', 'medium']]);
    expect(confirmed.map(({ id, confidence }) => [id, confidence])).toEqual([['leaked-connections', 'high']]);
  });

  it('is based on all that agrees when several findings do', () => {
    const findings = findingsIn({ ...IAM_LEAK, ...NARROW, ...GROWTH });

    const [cause] = diagnose(findings).causes;

    const agreeing = findings.filter(({ status }) => status === 'critical');
    expect(agreeing.map(({ confidence }) => confidence)).toContain('high');
    expect(new Set(cause?.fingerprints)).toEqual(new Set(agreeing.map(({ fingerprint }) => fingerprint)));
    expect(cause?.what).toContain(findings.find(({ checkId }) => checkId === 'connection-leak')?.summary);
    expect(cause?.first.text).toContain('litellm@10.0.3.17');
  });

  it('names one cause, not its parts, when a leak fills the slots on a version with several leaks', () => {
    const all = findingsIn({ ...IAM_LEAK, ...NARROW, ...GROWTH, version: '1.81.9' });

    expect(diagnose(all).causes.map(({ id }) => id)).toEqual(['iam-token-refresh']);
    expect(all.filter(isBad).map(({ checkId }) => checkId)).toEqual(
      expect.arrayContaining(['connection-leak', 'connection-growth', 'connection-headroom', 'litellm-version']),
    );
  });

  it('leads with the symptom, however bad the version is, when both establish the cause', () => {
    const findings = findingsIn({ ...RECENT_GROWTH, version: '1.81.9' }).map(
      (finding): CheckFinding =>
        finding.checkId === 'litellm-version' ? { ...finding, kind: 'incident', status: 'critical' } : finding,
    );

    const growth = findings.find(({ checkId }) => checkId === 'connection-growth');
    const milder = findings.map(
      (finding): CheckFinding => (finding === growth ? { ...finding, kind: 'incident', status: 'warning' } : finding),
    );
    expect(diagnose(milder).causes.map(({ id }) => id)).toEqual(['managed-object-poll']);
    expect(diagnose(milder).causes[0]?.what).toContain(growth?.summary);
  });

  it.each([
    ['blocks', 1],
    ['left open', 0],
  ])('has "%s" in its title when a transaction keeps %d waiting', (words, blocking) => {
    const idleTransactions = [idleTransaction({ idleSeconds: 2000, blocking })];

    expect(causesIn({ sessions: sessions({ idleTransactions }) })[0]?.title).toContain(words);
  });

  it.each([
    ['the global router_settings row', GLOBAL_ROW],
    ['router_settings of teams', TEAM_SETTINGS],
    ['router_settings of keys', KEY_SETTINGS],
    ['settings that were not seen', {}],
  ])('names the per-request Router with %s when it was measured', (words, where) => {
    const [cause, ...others] = causesIn({ ...LOOKUPS_FOLLOW, ...PER_REQUEST_VERSION, ...where });

    expect(others).toEqual([]);
    expect(cause?.id).toBe('per-request-router');
    expect(cause?.what).toContain(words);
  });

  it('never blames the version when only slots are short', () => {
    expect(idsIn(HIDDEN)).toEqual(['none-of-the-known']);
  });

  it('finds the leak of one replica when the others run a version that warns too', () => {
    const versions = ['1.106.0', '1.81.9'].map((version) => ({ version, from: 'readiness' as const, count: 1 }));

    expect(idsIn({ ...RECENT_GROWTH, sources: { proxy: seen(proxy({ versions })) } })).toEqual(['managed-object-poll']);
  });

  it('says what was ruled out and what was not when no cause fits', () => {
    const findings = findingsIn(HIDDEN);

    const [cause] = diagnose(findings).causes;

    const [ruledOut, notRuledOut] = ['Ruled out', 'Not ruled out'].map(
      (start) => new RegExp(`${start}: ([^.]*)\\.`).exec(cause?.what ?? '')?.[1] ?? '',
    );
    expect(ruledOut).toContain('pools that do not fit');
    expect(notRuledOut).toContain('leaked connections');
    expect(notRuledOut).toContain('open transactions');
    expect(`${ruledOut}${notRuledOut}`).not.toContain('a lack of slots');
    const worst = findings.filter(({ status }) => status === 'critical').map(({ fingerprint }) => fingerprint);
    expect(cause?.fingerprints).toEqual(worst);
  });

  it('rules nothing out when no other check was made', () => {
    const alone = findingsIn(HIDDEN).filter(({ checkId }) => checkId === 'connection-headroom');

    const [cause] = diagnose(alone).causes;

    expect(cause?.what).not.toContain('Ruled out: ');
    expect(cause?.what).toContain('Not ruled out: ');
  });

  it('has a title for a subject line and a sentence for the first step in every world', () => {
    for (const cause of EVERYWHERE.flatMap((findings) => diagnose(findings).causes)) {
      expect(cause.title).toMatch(/^[A-Z].{0,39}$/);
      // A sentence that ends in a colon announces the command.
      expect(cause.first.text).toMatch(cause.first.command === undefined ? /^[A-Z].*\.$/s : /^[A-Z].*[.:]$/s);
      expect(cause.what).toMatch(/\.$/);
    }
  });

  it('gives at most two causes, based on what they name and the same each time, when the findings are anything', () => {
    fc.assert(
      fc.property(fc.array(anyFinding(), { maxLength: 25 }), (findings) => {
        const { causes } = diagnose(findings);

        expect(diagnose(findings).causes).toEqual(causes);
        expect(causes.length).toBeLessThanOrEqual(2);
        if (findings.some(isBad)) expect(causes).not.toEqual([]);
        for (const { id, fingerprints, confidence } of causes) {
          const support = findings.filter(({ fingerprint }) => fingerprints.includes(fingerprint));
          // What confirms a cause can raise it one step above a sign that establishes it.
          if (support.every((finding) => finding.confidence === 'low')) expect(confidence).toBe('low');
          expect(id === 'auditor-cannot-look' || support.some(isBad)).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

/** The real findings of all worlds, with anything said of them, and facts that fit their check or none. */
function anyFinding(): fc.Arbitrary<CheckFinding> {
  return fc
    .record({
      finding: fc.constantFrom(...EVERYWHERE.flat()),
      said: fc.record({
        summary: anyText,
        confidence: fc.constantFrom<Confidence>('high', 'medium', 'low'),
        advice: fc.array(fc.record({ text: anyText, command: anyText }, { requiredKeys: ['text'] }), { maxLength: 2 }),
      }),
      status: fc.constantFrom<Status>('ok', 'info', 'unknown', 'warning', 'critical'),
      withoutFacts: fc.boolean(),
    })
    .map(({ finding, said, status, withoutFacts }) => ({
      ...finding,
      ...said,
      kind: 'incident',
      status,
      ...(withoutFacts && { facts: null }),
    }));
}
