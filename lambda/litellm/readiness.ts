import { ge } from '@renovatebot/pep440';
import { SINCE } from './releases/since.ts';
import type { LitellmVersion } from './version.ts';

/** How far an answer of GET /health/readiness can be relied on. */
export interface ReadinessCache {
  /** How old an answer may be. */
  readonly seconds: number;
  /** The answers that are kept: each, or only `connected`. */
  readonly keeps: 'each' | 'connected';
}

/** Two minutes up to 1.82.0 (wheels of 1.81.13, 1.81.16, 1.82.0), 15 s from 1.82.1 on (1.82.2, 1.84.0, 1.104.0). */
const LONG: ReadinessCache = { seconds: 120, keeps: 'each' };
const SHORT: ReadinessCache = { seconds: 15, keeps: 'connected' };

/** What a version keeps of its answers; the longer one where the version is not known. */
export function readinessCache(version: LitellmVersion | null): ReadinessCache {
  return version !== null && ge(version.text, SINCE['readiness-db']) ? SHORT : LONG;
}
