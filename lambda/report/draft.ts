import { emailOf } from './email.ts';
import { renderingFailed, renderOr } from './rendering.ts';
import { overallStatus, type RenderableReport } from './report.ts';
import { plainCard, slackCard } from './slack.ts';
import { verdictLine } from './subject.ts';
import { asciiLine, plainLine } from './untrusted-text.ts';
import { type ReportView, viewOf } from './view.ts';

/** Characters of one SMS. */
const LONGEST_SMS = 140;

/** One SNS message, to publish with `MessageStructure: json`. */
export interface Message {
  readonly subject: string;
  readonly message: string;
  /** All of type String; subscribers filter by them. */
  readonly attributes: { readonly severity: string; readonly database: string; readonly kind: 'audit' | 'purge' };
  readonly findingsLeftOut: number;
}

/**
 * The message of a report, whatever its size. Each body stands in it once: machines (sqs, lambda, firehose, http, email-json) have none of their
 * own and get the default. Slack's subscription is the https one. A rendering that fails is replaced by one that says so.
 */
export function draftMessage(report: RenderableReport): Message {
  const status = overallStatus(report);
  const database = plainLine(report.database, 63);
  const plainSubject = `${status.toUpperCase()} litellm ${asciiLine(database, 63)}`;
  const view = renderOr<ReportView | undefined>(
    'view',
    () => viewOf(report),
    () => undefined,
  );
  const render = <Rendering>(id: string, from: (view: ReportView) => Rendering, plain: (why: string) => Rendering) =>
    view === undefined
      ? plain(renderingFailed('view'))
      : renderOr(
          id,
          () => from(view),
          () => plain(renderingFailed(id)),
        );
  const { subject, body } = render('email', emailOf, (why) => ({
    subject: plainSubject,
    body: `${plainSubject}\n\n${why}\n`,
  }));
  const card = render('slack', slackCard, (why) => plainCard(report, plainSubject, why));
  const sms = render(
    'sms',
    (seen) => verdictLine(seen, LONGEST_SMS),
    () => plainSubject,
  );
  const machine = renderOr(
    'json',
    () => jsonOf(report),
    () =>
      JSON.stringify({
        schemaVersion: 2,
        database,
        status: report.status,
        risk: report.risk,
        failed: renderingFailed('json'),
      }),
  );
  return {
    subject,
    message: JSON.stringify({ default: machine, email: body, https: JSON.stringify(card), sms }),
    attributes: { severity: status, database, kind: 'audit' },
    findingsLeftOut: report.findingsLeftOut ?? 0,
  };
}

/**
 * The report for machines as one line of JSON: as the function returns it, without `notification`, which is not known while the message is
 * made, and with the number of findings that were left out of it.
 */
function jsonOf(report: RenderableReport): string {
  return JSON.stringify({ ...report, notification: undefined, findingsLeftOut: report.findingsLeftOut ?? 0 });
}
