import { ge } from '@renovatebot/pep440';
import { listed } from '../core/text.ts';
import { mergeUncertainty, type Uncertainty } from '../core/uncertainty.ts';
import { releaseLine } from '../litellm/affected.ts';
import { ABOUT } from '../litellm/releases/about.ts';
import type { KnownIssue } from '../litellm/releases/known-issue.ts';
import type { LitellmVersion } from '../litellm/version.ts';
import type { IamLogin } from '../model/iam-login.ts';
import { type RunningVersion, versionUncertainty } from '../model/running-version.ts';

/** Everything that makes the result less than certain, at the lowest of the confidences; null when nothing does. */
export function issueUncertainty(
  version: LitellmVersion,
  running: RunningVersion,
  iam: IamLogin,
  decisive: readonly KnownIssue[],
): Uncertainty | null {
  return mergeUncertainty([
    versionUncertainty(running),
    ...certaintyUncertainty(decisive),
    ...iamUncertainty(iam, decisive),
    ...settingUncertainty(decisive),
    ...newOnLine(version),
  ]);
}

/** One verified issue is enough to be certain of the status. */
function certaintyUncertainty(decisive: readonly KnownIssue[]): Uncertainty[] {
  if (decisive.length === 0 || decisive.some(({ certainty }) => certainty === 'V')) return [];
  const reported = decisive.some(({ certainty }) => certainty === 'I');
  const names = listed(decisive.map(({ id }) => id));
  return reported
    ? [{ confidence: 'medium', reason: `It is based only on what GitHub issues report: ${names}.` }]
    : [{ confidence: 'low', reason: `It is based only on inference: ${names}.` }];
}

function iamUncertainty({ use }: IamLogin, [worst]: readonly KnownIssue[]): Uncertainty[] {
  if (use !== 'not-seen' || !worst?.iam) return [];
  return [
    {
      confidence: 'medium',
      reason: `${worst.id} requires login with IAM tokens, and whether LiteLLM does so was not seen.`,
    },
  ];
}

function settingUncertainty(decisive: readonly KnownIssue[]): Uncertainty[] {
  const settings = [...new Set(decisive.flatMap(({ setting }) => setting ?? []))];
  if (settings.length === 0 || decisive.some(({ setting }) => setting === undefined)) return [];
  return [{ confidence: 'medium', reason: `It requires ${listed(settings)}, which this check does not see.` }];
}

function newOnLine({ text, release }: LitellmVersion): Uncertainty[] {
  const newest = ABOUT.targets.find((target) => releaseLine(target.version) === releaseLine(release))?.version;
  if (newest === undefined || release === newest || !ge(text, newest)) return [];
  return [{ confidence: 'medium', reason: `It is newer than ${newest}, the last of its line on ${ABOUT.date}.` }];
}
