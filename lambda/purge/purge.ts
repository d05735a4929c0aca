import { publish } from '../notify/sns.ts';
import type { Notification } from '../report/report.ts';
import type { Settings } from '../settings/settings.ts';
import { operationMessage } from './message.ts';
import type { OperationResult, PurgeOperation } from './operation.ts';

/** This file is all that the handler loads of the purge, and only when there is something to do. */
export { runAutomaticPurge } from './automatic.ts';
export { runOperation } from './run-operation.ts';

/** What others than the one who asked are sent. What was done before was sent then; an automatic attempt is in the report. */
const PUBLISHED: Readonly<Record<PurgeOperation['mode'], readonly OperationResult[]>> = {
  manual: ['done', 'refused', 'failed', 'not-known'],
  automatic: ['done', 'not-known'],
};

/** Publishes the message of an operation, whatever `notifyFrom` is unless never; returns what became of it. Never throws. */
export async function publishOperation(operation: PurgeOperation, settings: Settings): Promise<Notification> {
  if (!PUBLISHED[operation.mode].includes(operation.result)) {
    return { status: 'skipped', reason: 'Nothing was done that others need to know.' };
  }
  return publish(() => operationMessage(operation), settings);
}
