import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Confidence, Finding, Status } from '../../lambda/core/finding.ts';
import { diagnose } from '../../lambda/diagnosis/diagnose.ts';
import type { CauseId } from '../../lambda/diagnosis/diagnosis.ts';
import { findingOf } from '../report/fixtures.ts';
import { anyText } from '../report/texts.ts';
import { growth, headroom, leak, of, ok, perRequest, poolBudget, proxyErrors, reachable, version } from './findings.ts';

function idsOf(...findings: readonly Finding[]): CauseId[] {
  return diagnose(findings).causes.map(({ id }) => id);
}

/** Each cause by the fewest findings that show it. */
const ALONE: readonly (readonly [CauseId, readonly Finding[]])[] = [
  ['database-unreachable', [reachable('timeout')]],
  ['iam-logins-refused', [of('iam-authentication', 'critical')]],
  ['iam-token-refresh', [leak({ login: 'IAM' })]],
  ['orphaned-engine', [leak({ login: 'password', knownLeaks: ['orphaned-engine', 'dead-worker-engine'] })]],
  ['dead-worker-engine', [leak({ login: 'password', knownLeaks: ['dead-worker-engine'] })]],
  ['leaked-connections', [leak({ login: 'password' })]],
  ['managed-object-poll', [growth(), version('managed-object-poll'), ok('connection-leak')]],
  ['token-refresh-drops-limit', [of('connection-ceiling', 'critical'), version('iam-refresh-drops-parameters')]],
  ['per-request-router', [perRequest('critical')]],
  ['global-router-settings', [of('global-router-settings', 'critical')]],
  ['user-config', [of('user-config', 'warning')]],
  ['idle-in-transaction', [of('idle-in-transaction', 'critical')]],
  ['other-application', [headroom(), poolBudget('info', { otherSessions: 40, usable: 57 })]],
  ['pools-do-not-fit', [poolBudget('critical')]],
  ['under-provisioned', [headroom(), ok('connection-leak'), ok('connection-ceiling'), ok('connection-growth')]],
  ['slots-exhausted', [reachable('slots-exhausted')]],
  [
    'query-engine',
    [
      proxyErrors({ connectionAttemptsFailed: 31, poolTimeouts: 0 }),
      ok('database-reachable'),
      ok('connection-headroom'),
    ],
  ],
  ['known-bad-version', [version('orphaned-engine')]],
  ['none-of-the-known', [headroom()]],
];

describe('diagnose', () => {
  it.each(ALONE)('names %s when that is what the findings show', (id, findings) => {
    const { causes } = diagnose(findings);

    expect(causes.map((cause) => cause.id)).toEqual([id]);
    expect(causes[0]?.title.length).toBeLessThanOrEqual(40);
    expect(causes[0]?.first).toMatch(/^[A-Z].*\.$/s);
  });

  it('names nothing when all is ok, for information, or could not be seen', () => {
    const findings = [ok('connection-headroom'), of('rds-configuration', 'info'), of('connection-leak', 'unknown')];

    expect(idsOf(...findings)).toEqual([]);
    expect(idsOf()).toEqual([]);
  });

  it('names both when two causes show at once, the worse first', () => {
    expect(idsOf(poolBudget('warning'), leak({ login: 'IAM' }), headroom())).toEqual([
      'iam-token-refresh',
      'pools-do-not-fit',
    ]);
    expect(idsOf(poolBudget('critical'), { ...leak({ login: 'IAM' }), status: 'warning' })).toEqual([
      'pools-do-not-fit',
      'iam-token-refresh',
    ]);
  });

  it('names the surer first when two are as bad', () => {
    const sure = of('idle-in-transaction', 'critical');

    expect(idsOf({ ...leak({ login: 'IAM' }), confidence: 'medium' }, sure)).toEqual([
      'idle-in-transaction',
      'iam-token-refresh',
    ]);
  });

  it('says no more than two when more show', () => {
    const findings = [
      leak({ login: 'IAM' }),
      poolBudget('critical'),
      perRequest('critical'),
      of('user-config', 'warning'),
    ];

    expect(idsOf(...findings)).toHaveLength(2);
  });

  it('rests on all that agrees, at its lowest confidence, when several findings do', () => {
    const findings = [
      leak({ login: 'IAM' }),
      { ...headroom(), confidence: 'medium' as const },
      ok('transport-security'),
    ];

    const [cause] = diagnose(findings).causes;

    expect(cause).toMatchObject({
      confidence: 'medium',
      fingerprints: findings.slice(0, 2).map(({ fingerprint }) => fingerprint),
    });
    expect(cause?.what).toContain('connection-leak has 38 of 57');
    expect(cause?.first).toContain('behind litellm@10.0.3.17,');
  });

  it('tells one cause, not its parts, when a leak fills the slots on a version with several leaks', () => {
    const faults = version(
      'orphaned-engine',
      'dead-worker-engine',
      'managed-object-poll',
      'iam-refresh-drops-parameters',
    );
    const findings = [leak({ login: 'IAM' }), growth(), headroom(), of('connection-ceiling', 'critical'), faults];

    expect(idsOf(...findings)).toEqual(['iam-token-refresh']);
  });

  it('tells the per-request Router with what sets it off when the row is there and it was measured', () => {
    const { causes } = diagnose([perRequest('critical'), of('global-router-settings', 'critical')]);

    expect(causes.map(({ id }) => id)).toEqual(['per-request-router']);
    expect(causes[0]?.what).toContain('what sets it off: the global router_settings row.');
  });

  it.each([
    ['a measurement', 'global-router-settings', [of('global-router-settings', 'warning'), perRequest('ok')]],
    ['sessions that are all in use', 'orphaned-engine', [growth(), version('orphaned-engine'), ok('connection-leak')]],
    [
      'sessions that are all in use',
      'iam-token-refresh',
      [growth(), version('iam-refresh-keeps-clients'), ok('connection-leak')],
    ],
    ['a leak', 'under-provisioned', [headroom(), leak({ login: 'password' })]],
    ['growth', 'under-provisioned', [headroom(), growth(), ok('connection-leak')]],
    ['pools that do not fit', 'under-provisioned', [headroom(), ok('connection-leak'), poolBudget('critical')]],
    ['refused log-ins', 'query-engine', [...(ALONE[16]?.[1] ?? []), of('iam-authentication', 'critical')]],
    ['another problem', 'known-bad-version', [version('orphaned-engine'), headroom()]],
  ] as const)('does not name it when %s contradicts it: %s', (_, id, findings) => {
    expect(idsOf(...findings)).not.toContain(id);
  });

  it('still names the row when the per-request Router was not measured', () => {
    const notMeasured = ok('per-request-router');

    expect(idsOf(of('global-router-settings', 'warning'), notMeasured)).toEqual(['global-router-settings']);
  });

  it('never blames a version for what was not seen when only slots are short', () => {
    const faults = version('orphaned-engine', 'managed-object-poll', 'iam-refresh-drops-parameters');

    expect(idsOf(headroom(), faults)).toEqual(['none-of-the-known']);
  });

  it('says what was ruled out and what was not when no cause fits', () => {
    const [cause] = diagnose([headroom(), ok('idle-in-transaction'), of('connection-leak', 'unknown')]).causes;

    expect(cause?.what).toMatch(
      /explains this: .*; ruled out: open transactions; not ruled out: leftover connections, /,
    );
    expect(cause?.fingerprints).toEqual([headroom().fingerprint]);
  });

  it('takes the first sentence of the first step and says where its command is when that is the thing to do', () => {
    const advice = [{ text: 'Raise it to 4.5 (see db-... or so). Then wait.', command: 'x' }];

    const [cause] = diagnose([{ ...poolBudget('critical'), advice }]).causes;

    expect(cause?.first).toBe('Raise it to 4.5 (see db-... or so) (the command is below, with pool-budget).');
  });

  it('gives at most two supported causes, the same each time, when the findings are anything', () => {
    fc.assert(
      fc.property(fc.array(anyFinding, { maxLength: 25 }), (findings) => {
        const { causes } = diagnose(findings);

        expect(diagnose(findings).causes).toEqual(causes);
        expect(causes.length).toBeLessThanOrEqual(2);
        expect(causes.length > 0).toBe(findings.some(({ status }) => status === 'warning' || status === 'critical'));
        for (const { fingerprints, confidence } of causes) {
          const support = findings.filter(({ fingerprint }) => fingerprints.includes(fingerprint));
          expect(support.some(({ status }) => status === 'warning' || status === 'critical')).toBe(true);
          expect(support.map((finding) => finding.confidence)).toContain(confidence);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

const CHECKS = [
  ...['database-reachable', 'connection-leak', 'connection-growth', 'connection-headroom', 'connection-ceiling'],
  ...['pool-budget', 'per-request-router', 'global-router-settings', 'team-router-settings', 'user-config'],
  ...['idle-in-transaction', 'proxy-health', 'proxy-errors', 'iam-authentication', 'litellm-version', 'another'],
];
const EVIDENCE = ALONE.flatMap(([, findings]) => findings.map(({ evidence }) => evidence));

const anyFinding: fc.Arbitrary<Finding> = fc
  .record({
    checkId: fc.constantFrom(...CHECKS),
    status: fc.constantFrom<Status>('ok', 'info', 'unknown', 'warning', 'critical'),
    subject: anyText,
    summary: anyText,
    confidence: fc.constantFrom<Confidence>('high', 'medium', 'low'),
    evidence: fc.oneof(
      fc.constantFrom(...EVIDENCE),
      fc.dictionary(
        fc.constantFrom('cause', 'connectionIssues', 'transactions', 'knownLeaks', 'login'),
        fc.jsonValue(),
      ),
    ),
    advice: fc.array(fc.record({ text: anyText, command: anyText }, { requiredKeys: ['text'] }), { maxLength: 2 }),
  })
  .map(({ evidence, ...rest }) => findingOf({ ...rest, evidence: JSON.parse(JSON.stringify(evidence)) }));
