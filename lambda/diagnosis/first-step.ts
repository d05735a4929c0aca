import type { CheckFinding } from '../checks/registry.ts';
import type { Advice } from '../core/finding.ts';

/** The first step of a finding, with its command. */
export function firstStep({ checkId, advice: [step] }: CheckFinding): Advice {
  return step ?? { text: `Read the finding of ${checkId}.` };
}
