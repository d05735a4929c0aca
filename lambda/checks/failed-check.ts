import manifest from '../../package.json' with { type: 'json' };
import { logFailure } from '../core/failure-log.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type NotEvaluated, notEvaluated } from './check.ts';

/** The result of a check that threw, which is a bug of the auditor: logged by its place in the code, never by a text that may quote data. */
export function failedCheck(id: string, error: unknown, { database }: Snapshot): NotEvaluated {
  logFailure(`check ${id}`, error);
  return notEvaluated({
    subject: `database ${database}`,
    summary: `The check ${id} failed. This is a bug in the auditor and says nothing about the database.`,
    advice: [
      {
        text: `Report it at ${manifest.bugs.url} with the log entry "check ${id}" of this run, which holds the place in the code and no data.`,
      },
    ],
  });
}
