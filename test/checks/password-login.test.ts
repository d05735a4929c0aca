import { describe, expect, it } from 'vitest';
import type { CheckFinding, CheckId, FindingOf } from '../../lambda/checks/registry.ts';
import { isOf } from '../../lambda/diagnosis/signs.ts';
import { buildModel } from '../../lambda/model/model.ts';
import type { SessionGroup, SessionsSource, Snapshot } from '../../lambda/snapshot/snapshot.ts';
import { cohort, fromCohorts } from '../sessions.ts';
import { evaluate, healthySnapshot, litellm, seen, sessionGroup, sessions, settingsFor } from '../snapshots.ts';

/** Older than the fixes of every known issue that requires IAM. */
const WITH_IAM_ISSUES = '1.74.3';

const PODS: readonly SessionGroup[] = [
  sessionGroup({ iam: false, count: 12 }),
  sessionGroup({ iam: false, clientAddress: '10.0.3.18' }),
];

/** A person, who logs in with a token; a member of rds_iam. */
const ALICE = sessionGroup({ user: 'alice', clientAddress: '10.0.9.9', application: 'psql', iam: true, count: 1 });

function snapshotOf(source: SessionsSource, version: string | null = WITH_IAM_ISSUES): Snapshot {
  return healthySnapshot({
    configuredVersion: version,
    sources: { sessions: seen(source), litellm: seen(litellm({ workers: { state: 'no-table' } })) },
  });
}

function findingOf<Id extends CheckId>(id: Id, findings: readonly CheckFinding[]): FindingOf<Id> {
  const [finding] = findings.flatMap((each) => (isOf(each, id) ? [each] : []));
  if (finding === undefined) throw new Error(`There is no finding of ${id}.`);
  return finding;
}

describe.each<readonly [string, SessionGroup]>([
  ['with psql', ALICE],
  ['with a program that sets no name', { ...ALICE, application: '' }],
  ['in another database', { ...ALICE, database: 'reports' }],
  ['from the address of a pod', { ...ALICE, clientAddress: '10.0.3.17' }],
])('two pods with passwords, beside a person who logs in with IAM %s', (_how, person) => {
  const source = sessions({ groups: [...PODS, person] });

  it('are a LiteLLM that does not use IAM', () => {
    expect(buildModel(snapshotOf(source), settingsFor()).iamLogin).toEqual({
      use: 'no',
      words: 'no: none of its sessions is of an IAM user',
    });
  });

  it('have no known issue that requires IAM', () => {
    const { facts, evidence } = findingOf('litellm-version', evaluate(snapshotOf(source)));

    expect(facts?.issues.length).toBeGreaterThan(0);
    expect(facts?.issues.filter(({ iam }) => iam)).toEqual([]);
    expect(JSON.stringify(evidence)).not.toContain('login with IAM tokens');
  });

  it.each([WITH_IAM_ISSUES, '1.95.0', null])('get no finding of leak, ceiling or budget about IAM on %s', (version) => {
    const findings = evaluate(snapshotOf(source, version));
    const texts = (['connection-leak', 'connection-ceiling', 'pool-budget'] as const).map((id) =>
      JSON.stringify(findingOf(id, findings)),
    );

    expect(texts.join('\n')).not.toMatch(/\bIAM\b|iam-|TokenRefresh|#33021|#13120/);
    expect(findingOf('connection-leak', findings).status).toBe('ok');
  });
});

describe('pods with passwords that have leaked', () => {
  const old = { iam: false } as const;
  const source = fromCohorts([cohort(600, 590, old), cohort(500, 490, old), cohort(20, 0, old)], [ALICE]);

  it.each([WITH_IAM_ISSUES, null])('leak by no known issue of IAM on %s', (version) => {
    const findings = evaluate(snapshotOf(source, version), settingsFor({ poolLimit: 10, workersPerPod: 1, pods: 1 }));

    const { status, facts, advice, evidence } = findingOf('connection-leak', findings);
    expect(status).toBe('critical');
    expect(facts).toMatchObject({ login: 'password', leaked: 20 });
    expect(JSON.stringify([advice, evidence])).not.toMatch(/iam-|TokenRefresh|IAM|#13120|#34749/);
  });
});
