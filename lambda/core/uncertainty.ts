import type { Confidence } from './finding.ts';

/** Why a statement is not certain; shown beside it. */
export interface Uncertainty {
  readonly confidence: Exclude<Confidence, 'high'>;
  readonly reason: string;
}

/** All uncertainties as one, at the lowest of their confidences; null for none. */
export function mergeUncertainty(parts: readonly (Uncertainty | null)[]): Uncertainty | null {
  const present = parts.filter((part) => part !== null);
  if (present.length === 0) return null;
  return {
    confidence: present.some(({ confidence }) => confidence === 'low') ? 'low' : 'medium',
    reason: present.map(({ reason }) => reason).join(' '),
  };
}
