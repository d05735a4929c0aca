import type { Advice } from '../core/finding.ts';
import { commandText, slackEntities, slackLine } from './untrusted-text.ts';
import type { ReportView, StepView } from './view.ts';

/** Amazon Q Developer's limit as seen in use (knowledge/aws.md, SNS). */
const MOST_STEPS = 5;
const LONGEST_TEXT = 420;
const LONGEST_STEP = 700;

/**
 * The first step of each cause, the worst finding's steps, then the first step of each of the others, in Slack's markdown. At most five, and none
 * twice.
 */
export function nextStepsOf({ causes, sections: [worst, ...others] }: ReportView): string[] {
  // Below the causes' steps, the worst finding's could be taken for more of the same.
  const worstStart = causes.length > 0 ? `${worst?.lead.checkId}: ` : '';
  return [
    ...causes.map(({ firstLabel, first }) => step(first, `*${firstLabel}:* `)),
    ...stepsOnce(worst?.steps ?? [], worstStart),
    ...others.flatMap(({ steps, lead }) => stepsOnce(steps.slice(0, 1), `${lead.checkId}: `)),
  ].slice(0, MOST_STEPS);
}

/** Without those that stand with a cause. */
function stepsOnce(steps: readonly StepView[], start: string): string[] {
  return steps.flatMap((advice) => (advice.isRepeated ? [] : [step(advice, start)]));
}

/** One step in Slack's markdown; `start` stands before its sentence. */
export function step({ text, command }: Advice, start: string): string {
  const sentence = start + slackLine(text, LONGEST_TEXT);
  if (command === undefined) return sentence;
  const pasted = `${sentence}\n\`\`\`${slackEntities(commandText(command))}\`\`\``;
  // Half a command is worse than none, and a code block cannot hold its own mark.
  const isWhole = pasted.length <= LONGEST_STEP && !command.includes('```');
  return isWhole ? pasted : `${sentence} (The command is in the email.)`;
}
