import { send } from '../notify/sns.ts';
import type { Notification } from '../report/report.ts';
import type { Settings } from '../settings/settings.ts';
import { remedyMessageOf } from './message.ts';
import type { RemedyResult, UnsentRemedy } from './outcome.ts';

/** What others than the one who asked are told of. What was done before was told of then; of an automatic try, the report tells. */
const ANNOUNCED: Readonly<Record<UnsentRemedy['mode'], readonly RemedyResult[]>> = {
  manual: ['done', 'refused', 'failed', 'not-known'],
  automatic: ['done', 'not-known'],
};

/** Publishes the message of a remedy, whatever `notifyFrom` is unless never; tells what became of it. Never throws. */
export async function announce(remedy: UnsentRemedy, settings: Settings): Promise<Notification> {
  if (!ANNOUNCED[remedy.mode].includes(remedy.result)) {
    return { status: 'skipped', reason: 'Nothing was done that others have to be told of.' };
  }
  return send(() => remedyMessageOf(remedy), settings);
}
