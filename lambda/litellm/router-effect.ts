import { ge, lt } from '@renovatebot/pep440';
import type { Confidence } from '../core/finding.ts';
import { isBeyondKnowledge } from './known-issues.ts';
import { ABOUT } from './releases/about.ts';
import type { LitellmVersion } from './version.ts';

export type RouterLevel = 'global' | 'team' | 'key';

export type RouterEffectKind =
  /** Each LLM request that the settings hold for builds a Router; with a global row, it also queries for it. */
  | 'per-request-router'
  /** Applied to the one Router of the process. */
  | 'shared-router'
  | 'ignored'
  /** Measured: no Router per request; how else the settings apply was not seen. */
  | 'no-router'
  /** Honoured, at no cost worth naming. */
  | 'normal-feature'
  /** The version has no such settings. */
  | 'no-column'
  | 'unknown';

export interface RouterEffect {
  readonly kind: RouterEffectKind;
  readonly uncertainty: { readonly confidence: Exclude<Confidence, 'high'>; readonly reason: string } | null;
}

/** The versions that build a Router per request, in words. */
export const PER_REQUEST_RANGE = '1.80.15 to 1.81.6';

interface Range {
  /** First version; the range ends where the next one begins. */
  readonly from: string;
  readonly global: RouterEffectKind;
  readonly scoped: RouterEffectKind;
  readonly uncertainty?: RouterEffect['uncertainty'];
}

const PER_REQUEST = { global: 'per-request-router', scoped: 'per-request-router' } as const;

/** LiteLLM's source history and release notes; knowledge/litellm.md sections 1 and 3. */
const RANGES: readonly Range[] = [
  { from: '0.dev0', global: 'shared-router', scoped: 'no-column' },
  {
    from: '1.80.13',
    ...PER_REQUEST,
    uncertainty: {
      confidence: 'low',
      reason:
        'The per-request Router is in the release notes of 1.80.15 and the last certainly clean version is 1.80.12: 1.80.13 and 1.80.14 are ambiguous.',
    },
  },
  { from: '1.80.15', ...PER_REQUEST },
  {
    from: '1.80.16',
    ...PER_REQUEST,
    uncertainty: {
      confidence: 'medium',
      reason:
        "LiteLLM's guide (#19921) calls 1.80.16 fixed, but the per-request Router is in the source of 1.80.16 and 1.80.17; an image can carry a back-port.",
    },
  },
  { from: '1.81.0', ...PER_REQUEST },
  { from: '1.81.7', global: 'shared-router', scoped: 'ignored' },
  { from: '1.81.9', global: 'shared-router', scoped: 'normal-feature' },
];

/** What router_settings of a level do on a version; `unknown`, with the reason, for null. */
export function routerEffect(version: LitellmVersion | null, level: RouterLevel): RouterEffect {
  const range = version && findRange(version.text);
  if (!version || !range) {
    return unknownEffect('The LiteLLM version that runs is not known.');
  }
  return {
    kind: level === 'global' ? range.global : range.scoped,
    uncertainty: range.uncertainty ?? previewUncertainty(version, range) ?? newerUncertainty(version),
  };
}

/** The effect where no version shows it. */
export function unknownEffect(reason: string): RouterEffect {
  return { kind: 'unknown', uncertainty: { confidence: 'medium', reason } };
}

/** Whether a version has the router_settings columns of teams and keys: the migration of 1.80.13 makes them. */
export function hasRouterColumns({ release }: LitellmVersion): boolean {
  return !lt(release, '1.80.13');
}

/** Whether neither this version nor a later one builds a Router per request. */
export function isPastPerRequest({ text }: LitellmVersion): boolean {
  return ge(text, '1.81.7');
}

function findRange(version: string): Range | undefined {
  return RANGES.findLast(({ from }) => ge(version, from));
}

function newerUncertainty(version: LitellmVersion): RouterEffect['uncertainty'] {
  if (!isBeyondKnowledge(version)) return null;
  return {
    confidence: 'medium',
    reason: `${version.text} is newer than what the auditor knows, which ends with ${ABOUT.newest} on ${ABOUT.date}: it is taken to act like that.`,
  };
}

function previewUncertainty({ text, release, preview }: LitellmVersion, range: Range): RouterEffect['uncertainty'] {
  if (!preview || findRange(release) === range) return null;
  return {
    confidence: 'medium',
    reason: `${text} is a build between two versions that differ in this; ${release} itself acts otherwise.`,
  };
}
