import type { KnownIssueId } from '../../litellm/known-issues.ts';
import type { KnownIssue } from '../../litellm/releases/known-issue.ts';
import type { Model } from '../../model/model.ts';
import type { RouterSettingsSource, Snapshot } from '../../snapshot/snapshot.ts';

/** What the snapshot shows of what issues require: true or false where it was seen, undefined where it was not. */
export type Traits = Readonly<
  Record<'iam' | 'routerSettings' | 'scopedSettings' | 'severalWorkers', boolean | undefined>
>;

const REQUIRES: Readonly<Partial<Record<KnownIssueId, keyof Traits>>> = {
  'per-request-router': 'routerSettings',
  'scoped-router-settings-ignored': 'scopedSettings',
  'null-settings-shadow': 'scopedSettings',
  'dead-worker-engine': 'severalWorkers',
};

export function traitsSeen({ sources }: Snapshot, { iamLogin, topology }: Model): Traits {
  const router = sources['router-settings'].status === 'ok' ? sources['router-settings'].value : null;
  const scoped = router === null ? undefined : hasScoped(router);
  const global = router === null ? undefined : router.global.state === 'present' && router.global.kind === 'settings';
  const workers =
    topology === null || topology.deployment.workersFrom === 'assumed' ? undefined : topology.deployment.workersPerPod;
  return {
    iam: iamLogin.use === 'not-seen' ? undefined : iamLogin.use === 'yes',
    routerSettings: global || scoped || (router === null ? undefined : false),
    scopedSettings: scoped,
    severalWorkers: workers === undefined ? undefined : workers > 1,
  };
}

/** The issues by what was seen: what cannot be comes last, else the worst first, and among equals those whose requirement is there. */
export function fittingFirst(issues: readonly KnownIssue[], traits: Traits): readonly KnownIssue[] {
  return issues.toSorted(
    (a, b) =>
      Number(cannotBe(a, traits)) - Number(cannotBe(b, traits)) ||
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      Number(traitOf(b, traits) ?? false) - Number(traitOf(a, traits) ?? false),
  );
}

/** Whether what the issue requires was seen to be absent. */
export function cannotBe(issue: KnownIssue, traits: Traits): boolean {
  return traitOf(issue, traits) === false;
}

const SEVERITIES = ['critical', 'warning', 'info'];

function traitOf({ id, iam }: KnownIssue, traits: Traits): boolean | undefined {
  if (iam) return traits.iam;
  const required = new Map<string, keyof Traits>(Object.entries(REQUIRES)).get(id);
  return required === undefined ? undefined : traits[required];
}

function hasScoped({ team, key }: RouterSettingsSource): boolean {
  return [team, key].some((level) => level.state === 'seen' && level.live > 0);
}
