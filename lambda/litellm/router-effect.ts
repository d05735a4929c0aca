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

/** The first version that builds a Router per request, and the first that does not do so any more. */
const PER_REQUEST_FROM = '1.80.15';
export const PAST_PER_REQUEST = '1.81.6';
/** The first version that applies the settings of teams and keys again, to the one Router of the process. */
export const SCOPED_AGAIN = '1.81.9';
/** The versions that build a Router per request, in words: both ends are releases. */
export const PER_REQUEST_RANGE = `${PER_REQUEST_FROM} to 1.81.5`;
/** The first version with the router_settings columns of teams and keys. */
export const FIRST_WITH_COLUMNS = '1.80.13';

interface Range {
  /** First version; the range ends where the next one begins. */
  readonly from: string;
  readonly global: RouterEffectKind;
  readonly scoped: RouterEffectKind;
}

/** The published packages; knowledge/litellm.md sections 1 and 3. */
const RANGES: readonly Range[] = [
  { from: '0.dev0', global: 'shared-router', scoped: 'no-column' },
  { from: FIRST_WITH_COLUMNS, global: 'shared-router', scoped: 'ignored' },
  { from: PER_REQUEST_FROM, global: 'per-request-router', scoped: 'per-request-router' },
  { from: PAST_PER_REQUEST, global: 'shared-router', scoped: 'ignored' },
  { from: SCOPED_AGAIN, global: 'shared-router', scoped: 'normal-feature' },
];

/** What router_settings of a level do on a version; `unknown`, with the reason, for null. */
export function routerEffect(version: LitellmVersion | null, level: RouterLevel): RouterEffect {
  const range = version && findRange(version.text);
  if (!version || !range) {
    return unknownEffect('The LiteLLM version that runs is not known.');
  }
  return {
    kind: level === 'global' ? range.global : range.scoped,
    uncertainty: previewUncertainty(version, range) ?? newerUncertainty(version),
  };
}

/** The effect where no version shows it. */
export function unknownEffect(reason: string): RouterEffect {
  return { kind: 'unknown', uncertainty: { confidence: 'medium', reason } };
}

/** Whether a version has the router_settings columns of teams and keys. */
export function hasRouterColumns({ release }: LitellmVersion): boolean {
  return !lt(release, FIRST_WITH_COLUMNS);
}

/** Whether neither this version nor a later one builds a Router per request. */
export function isPastPerRequest({ text }: LitellmVersion): boolean {
  return ge(text, PAST_PER_REQUEST);
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
