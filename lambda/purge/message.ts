import type { Status } from '../core/finding.ts';
import type { Message } from '../report/message.ts';
import { step } from '../report/next-steps.ts';
import type { ChatNotification } from '../report/slack.ts';
import { timeOf } from '../report/time.ts';
import { asciiLine, plainLine, slackLine } from '../report/untrusted-text.ts';
import type { OperationResult, PurgeOperation } from './operation.ts';
import { operationText } from './rendering.ts';

const MAIL_WIDTH = 78;
/** SNS wants fewer than 100 characters (knowledge/aws.md, SNS). */
const LONGEST_SUBJECT = 99;
/** Characters of one SMS. */
const LONGEST_SMS = 140;
/** Limits of Amazon Q Developer's custom notification as seen in use (knowledge/aws.md, SNS). */
const LONGEST_TITLE = 150;
const LONGEST_NOTE = 300;
const MOST_NOTES = 4;

const SEVERITIES: Readonly<Record<OperationResult, Status>> = {
  done: 'info',
  'nothing-to-do': 'info',
  shown: 'info',
  refused: 'info',
  failed: 'warning',
  'not-known': 'warning',
};

/**
 * The message that tells all subscribers of a remedy: what was done, who asked, and how to undo it. All of its texts are bounded, so it is
 * never too large for SNS.
 */
export function operationMessage(remedy: PurgeOperation): Message {
  const line = (longest: number) => {
    const start = `${verdictOf(remedy)} litellm ${asciiLine(remedy.database, 40)}: `;
    return `${start}${asciiLine(remedy.summary.replace(/\.$/, ''), longest - start.length)}`;
  };
  return {
    subject: line(LONGEST_SUBJECT),
    message: JSON.stringify({
      default: JSON.stringify(remedy),
      email: operationText(remedy, MAIL_WIDTH),
      https: JSON.stringify(chatOf(remedy, line(LONGEST_TITLE))),
      sms: line(LONGEST_SMS),
    }),
    attributes: { severity: SEVERITIES[remedy.result], database: plainLine(remedy.database, 63), kind: 'purge' },
    findingsLeftOut: 0,
  };
}

function verdictOf({ action, result }: PurgeOperation): string {
  if (result === 'done') return action === 'restore' ? 'RESTORED' : 'PURGED';
  return result.replaceAll('-', ' ').toUpperCase();
}

function chatOf(remedy: PurgeOperation, summary: string): ChatNotification {
  const { database, startedAt, action, result, notes, advice, requestedBy, auditorVersion } = remedy;
  const threadId = `litellm-db-auditor/${database}`;
  return {
    version: '1.0',
    source: 'custom',
    id: `${threadId}/${action}/${startedAt}`,
    content: {
      textType: 'client-markdown',
      title: slackLine(summary, LONGEST_TITLE),
      description: [
        slackLine(remedy.summary, LONGEST_NOTE),
        ...notes.slice(0, MOST_NOTES).map((note) => slackLine(note, LONGEST_NOTE)),
        `Asked by ${slackLine(requestedBy, 300)}, ${timeOf(remedy)}.`,
      ].join('\n\n'),
      nextSteps: advice.map((each) => step(each, '')),
      keywords: [action, result, slackLine(database, 63)],
    },
    metadata: {
      threadId,
      summary,
      eventType: 'LitellmDatabaseRemedy',
      relatedResources: [slackLine(database, 63)],
      additionalContext: { action, result, startedAt, auditorVersion },
      enableCustomActions: false,
    },
  };
}
