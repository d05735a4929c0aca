import { ge } from '@renovatebot/pep440';
import { listed } from '../../core/text.ts';
import { lineOf } from '../../litellm/affected.ts';
import { ABOUT } from '../../litellm/releases/about.ts';
import type { KnownIssue } from '../../litellm/releases/known-issue.ts';
import type { LitellmVersion } from '../../litellm/version.ts';
import type { IamUse } from '../../model/iam-login.ts';
import type { RunningVersion, VersionOrigin } from '../../model/running-version.ts';
import { mergeUncertainty, type Uncertainty } from '../result.ts';

const REPLICAS = 'The replicas of the proxy tell different versions.';

/** How a version came to be known, and why it may be wrong. */
export const ORIGINS: Readonly<Record<VersionOrigin, { readonly words: string; readonly weakness: string }>> = {
  readiness: { words: "the proxy's /health/readiness", weakness: REPLICAS },
  'model-hub': { words: "the proxy's /public/model_hub/info", weakness: REPLICAS },
  'readiness-details': { words: "the proxy's /health/readiness/details", weakness: REPLICAS },
  configured: {
    words: 'the configuration',
    weakness: 'The version is what the configuration states: it can be out of date.',
  },
  migrations: {
    words: 'the migrations',
    weakness: 'The version is the highest that ever migrated the database: an older or a newer one may run.',
  },
};

/** Why the version may be wrong; null when nothing speaks against it. */
export function versionUncertainty({ confidence, from, others = [] }: RunningVersion): Uncertainty | null {
  if (confidence === 'high') return null;
  const also = others.length > 0 ? ` Also told: ${listed(others)}.` : '';
  return { confidence, reason: `${ORIGINS[from].weakness}${also}` };
}

/** Everything that makes the result less than sure, at the lowest of the confidences; null when nothing does. */
export function uncertaintyOf(
  version: LitellmVersion,
  running: RunningVersion,
  iam: IamUse,
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

/** One verified fault is enough to be sure of the status. */
function certaintyUncertainty(decisive: readonly KnownIssue[]): Uncertainty[] {
  if (decisive.length === 0 || decisive.some(({ certainty }) => certainty === 'V')) return [];
  const reported = decisive.some(({ certainty }) => certainty === 'I');
  const names = listed(decisive.map(({ id }) => id));
  return reported
    ? [{ confidence: 'medium', reason: `It rests only on what issues report: ${names}.` }]
    : [{ confidence: 'low', reason: `It rests only on what is inferred: ${names}.` }];
}

function iamUncertainty({ use }: IamUse, [worst]: readonly KnownIssue[]): Uncertainty[] {
  if (use !== 'not-seen' || !worst?.iam) return [];
  return [
    {
      confidence: 'medium',
      reason: `${worst.id} takes log-in with IAM tokens, and whether LiteLLM does so was not seen.`,
    },
  ];
}

function settingUncertainty(decisive: readonly KnownIssue[]): Uncertainty[] {
  const settings = [...new Set(decisive.flatMap(({ setting }) => setting ?? []))];
  if (settings.length === 0 || decisive.some(({ setting }) => setting === undefined)) return [];
  return [{ confidence: 'medium', reason: `It takes ${listed(settings)}, which this check does not see.` }];
}

function newOnLine({ text, release }: LitellmVersion): Uncertainty[] {
  const newest = ABOUT.targets.find((target) => lineOf(target.version) === lineOf(release))?.version;
  if (newest === undefined || release === newest || !ge(text, newest)) return [];
  return [{ confidence: 'medium', reason: `It is newer than ${newest}, the last of its line on ${ABOUT.date}.` }];
}
