import type { Uncertainty } from '../checks/result.ts';

/** Several uncertainties as one, at the lowest of their confidences; null for none. */
export function mergeUncertainty(uncertainties: readonly Uncertainty[]): Uncertainty | null {
  if (uncertainties.length === 0) return null;
  return {
    confidence: uncertainties.some(({ confidence }) => confidence === 'low') ? 'low' : 'medium',
    reason: uncertainties.map(({ reason }) => reason).join(' '),
  };
}
