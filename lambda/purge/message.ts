import type { Status } from '../core/finding.ts';
import type { Message } from '../report/draft.ts';
import { step } from '../report/next-steps.ts';
import { renderingFailed, renderOr } from '../report/rendering.ts';
import { type ChatNotification, chatNotification } from '../report/slack.ts';
import { timeOf } from '../report/time.ts';
import { asciiLine, plainLine, slackLine } from '../report/untrusted-text.ts';
import type { OperationResult, PurgeOperation } from './operation.ts';
import { renderOperation } from './rendering.ts';

const MAIL_WIDTH = 78;
/** SNS accepts fewer than 100 characters (knowledge/aws.md, SNS). */
const LONGEST_SUBJECT = 99;
/** Characters of one SMS. */
const LONGEST_SMS = 140;
/** Limits of Amazon Q Developer's custom notification as seen in use (knowledge/aws.md, SNS). */
const LONGEST_TITLE = 150;
const LONGEST_NOTE = 300;
const MOST_NOTES = 4;
const LONGEST_FAILURE = 600;

const SEVERITIES: Readonly<Record<OperationResult, Status>> = {
  done: 'info',
  'nothing-to-do': 'info',
  shown: 'info',
  refused: 'info',
  failed: 'warning',
  'not-known': 'warning',
};

/**
 * The message about an operation for all subscribers: what was done, who asked, and how to undo it. All of its texts are bounded, so it is
 * never too large for SNS.
 */
export function operationMessage(operation: PurgeOperation): Message {
  const database = plainLine(operation.database, 63);
  const start = `${verdictOf(operation)} litellm ${asciiLine(database, 40)}`;
  const line = (longest: number) => {
    const begun = `${start}: `;
    return `${begun}${asciiLine(operation.summary.replace(/\.$/, ''), longest - begun.length)}`;
  };
  const plain = () => start;
  const card = renderOr(
    'slack',
    () => chatOf(operation, line(LONGEST_TITLE)),
    () => plainCard(operation, start),
  );
  return {
    subject: renderOr('subject', () => line(LONGEST_SUBJECT), plain),
    message: JSON.stringify({
      default: renderOr(
        'json',
        () => JSON.stringify(operation),
        () => JSON.stringify({ schemaVersion: 1, database, failed: renderingFailed('json') }),
      ),
      email: renderOr(
        'email',
        () => renderOperation(operation, MAIL_WIDTH),
        () => `${start}\n\n${renderingFailed('email')}\n`,
      ),
      https: JSON.stringify(card),
      sms: renderOr('sms', () => line(LONGEST_SMS), plain),
    }),
    attributes: { severity: SEVERITIES[operation.result], database, kind: 'purge' },
    findingsLeftOut: 0,
  };
}

function verdictOf({ action, result }: PurgeOperation): string {
  if (result === 'done') return action === 'restore' ? 'RESTORED' : 'PURGED';
  return result.replaceAll('-', ' ').toUpperCase();
}

const PURGE = 'LitellmDatabasePurge';

function chatOf(operation: PurgeOperation, summary: string): ChatNotification {
  const { action, result, notes, advice, requestedBy } = operation;
  return chatNotification(operation, {
    title: slackLine(summary, LONGEST_TITLE),
    description: [
      slackLine(operation.summary, LONGEST_NOTE),
      ...notes.slice(0, MOST_NOTES).map((note) => slackLine(note, LONGEST_NOTE)),
      `Asked by ${slackLine(requestedBy, 300)}, ${timeOf(operation)}${'schema' in operation.outcome ? `, for the schema ${slackLine(operation.outcome.schema, 63)}` : ''}.`,
    ].join('\n\n'),
    nextSteps: advice.map((each) => step(each, '')),
    keywords: [action, result, slackLine(operation.database, 63)],
    summary,
    eventType: PURGE,
    context: { action, result },
  });
}

function plainCard(operation: PurgeOperation, summary: string): ChatNotification {
  return chatNotification(operation, {
    title: slackLine(summary, LONGEST_TITLE),
    description: slackLine(renderingFailed('slack'), LONGEST_FAILURE),
    nextSteps: [],
    keywords: [],
    summary,
    eventType: PURGE,
    context: {},
  });
}
