import type { CheckFinding } from '../checks/registry.ts';
import { listed } from '../core/text.ts';
import type { Cause } from './diagnosis.ts';
import { firstStep } from './first-step.ts';
import { PLACEMENT } from './placement.ts';

/** What each check rules out when it is ok. */
const RULED_OUT = Object.entries(PLACEMENT).flatMap(([checkId, placement]) =>
  placement.cause && placement.rulesOut !== undefined ? [{ checkId, words: placement.rulesOut }] : [],
);

/** The words for what no cause explains: what was ruled out, and what could not be. */
export function noneOfTheKnown(
  worst: CheckFinding,
  findings: readonly CheckFinding[],
): Pick<Cause, 'title' | 'what' | 'first'> {
  const checks = RULED_OUT.filter(({ checkId }) => checkId !== worst.checkId);
  const ruledOut = checks.filter(({ checkId }) => isFine(checkId, findings));
  const open = checks.filter((check) => !ruledOut.includes(check));
  return {
    title: 'None of the known causes',
    what: [
      "None of LiteLLM's known connection problems explains this.",
      worst.summary,
      ...sentence('Ruled out', ruledOut),
      ...sentence('Not ruled out', open),
    ].join(' '),
    first: firstStep(worst),
  };
}

function isFine(checkId: string, findings: readonly CheckFinding[]): boolean {
  const own = findings.filter((finding) => finding.checkId === checkId);
  return own.length > 0 && own.every(({ status }) => status === 'ok');
}

function sentence(start: string, checks: readonly { readonly words: string }[]): string[] {
  if (checks.length === 0) return [];
  const words = checks.map((check) => check.words);
  return [`${start}: ${listed(words, words.length)}.`];
}
