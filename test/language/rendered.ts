import { operationMessage } from '../../lambda/purge/message.ts';
import { describeOperation } from '../../lambda/purge/messages.ts';
import type { OperationOutcome, PurgeOperation } from '../../lambda/purge/operation.ts';
import { operationText as shellText } from '../../lambda/purge/rendering.ts';
import type { Message } from '../../lambda/report/draft.ts';
import { messageOf } from '../../lambda/report/message.ts';
import type { RenderableReport } from '../../lambda/report/report.ts';
import { renderTable } from '../../lambda/report/table.ts';
import { settingsFor } from '../snapshots.ts';

const WIDE = 100_000;

/** All that people see of a report: subject, email, Slack card, text message, and the shell's table. */
export function reportText(report: RenderableReport): string {
  return [...messageTexts(messageOf(report)), renderTable(report, { color: false, width: WIDE })].join('\n\n');
}

/** All that people see of an operation, for each mode and whether it is enabled or not. */
export function operationText(outcome: OperationOutcome): string {
  const requester = { requestedBy: 'alice at a shell on build-7', requestId: 'shell 1' };
  const settings = settingsFor();
  return (['manual', 'automatic'] as const)
    .flatMap((mode) => [true, false].map((enabled) => ({ mode, enabled, requester, budgetMs: 1 })))
    .flatMap((circumstances) => {
      const operation: PurgeOperation = {
        schemaVersion: 1,
        auditorVersion: '0.1.0',
        database: 'prod',
        startedAt: '2026-11-22T03:00:00.000Z',
        durationMs: 120,
        mode: circumstances.mode,
        ...requester,
        ...describeOperation(outcome, settings, circumstances),
        ...outcome,
      };
      return [shellText(operation, WIDE), ...messageTexts(operationMessage(operation))];
    })
    .join('\n\n');
}

function messageTexts({ subject, message }: Message): readonly string[] {
  const { email, https, sms } = JSON.parse(message);
  const { title, description, nextSteps } = JSON.parse(https).content;
  return [subject, email, sms, title, description, ...nextSteps];
}
