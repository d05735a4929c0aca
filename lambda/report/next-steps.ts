import type { Advice } from '../core/finding.ts';
import { commandText, slackEntities, slackLine } from './untrusted-text.ts';
import type { Section } from './view.ts';

/** Amazon Q Developer's limit as seen in use (knowledge/aws.md, SNS). */
const MOST_STEPS = 5;
const LONGEST_TEXT = 300;
const LONGEST_STEP = 700;

/** The worst finding's steps, then the first step of each of the others, in Slack's markdown. At most five. */
export function nextStepsOf(sections: readonly Section[]): string[] {
  const [worst, ...others] = sections;
  if (worst === undefined) return [];
  const elsewhere = others.flatMap(({ lead }) =>
    lead.advice.slice(0, 1).map((advice) => step(advice, `${lead.checkId}: `)),
  );
  return [...worst.lead.advice.map((advice) => step(advice, '')), ...elsewhere].slice(0, MOST_STEPS);
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
