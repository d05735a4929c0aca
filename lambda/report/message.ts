import type { Advice, Finding } from '../core/finding.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import { emailOf } from './email.ts';
import { jsonOf } from './json.ts';
import { renderingFailed, renderOr } from './rendering.ts';
import type { RenderableReport } from './report.ts';
import { slackCard } from './slack.ts';
import { verdictLine } from './subject.ts';
import { clip, plainLine } from './untrusted-text.ts';
import { type ReportView, viewOf } from './view.ts';

/** SNS: message and attributes together, in bytes (knowledge/aws.md, SNS). */
const LARGEST_MESSAGE = 262_144;
/** Bytes of one finding as JSON. Escaped once more, and with mail and card beside it, three such fit in a message. */
const LARGEST_FINDING = 32_768;
/** Characters of one SMS. */
const LONGEST_SMS = 140;
const TEXT_LIMITS = {
  title: 100,
  summary: 1000,
  subject: 200,
  reason: 500,
  step: 500,
  command: 1000,
  docs: 500,
} as const;
const MOST_STEPS = 5;
/** Of a cause that rests on more findings than a message holds. */
const MOST_FINGERPRINTS = 100;

/** One SNS message, to publish with `MessageStructure: json`. */
export interface Message {
  readonly subject: string;
  readonly message: string;
  /** All of type String; subscribers filter by them. */
  readonly attributes: { readonly severity: string; readonly database: string; readonly kind: 'audit' | 'purge' };
  readonly findingsLeftOut: number;
}

/**
 * The message for all subscribers, within SNS's size limit whatever the findings hold. When it would be too large, large findings lose their
 * evidence, then whole findings are left out of all renderings, the least severe first.
 */
export function messageOf(report: RenderableReport): Message {
  const whole = draft(report);
  if (fits(whole)) return whole;
  const slim = { ...report, diagnosis: shortDiagnosis(report), findings: report.findings.map(slimmed) };
  let shown = 1;
  let most = slim.findings.length;
  while (shown < most) {
    const middle = Math.ceil((shown + most) / 2);
    if (fits(draft(firstOf(slim, middle)))) shown = middle;
    else most = middle - 1;
  }
  return draft(firstOf(slim, shown));
}

function firstOf(report: RenderableReport, count: number): RenderableReport {
  const findings = report.findings.slice(0, count);
  return { ...report, findings, findingsLeftOut: report.findings.length - findings.length };
}

/** The causes quote the findings: shortened like these. */
function shortDiagnosis({ diagnosis }: RenderableReport): Diagnosis {
  return {
    causes: diagnosis.causes.map((cause) => ({
      ...cause,
      title: clip(cause.title, TEXT_LIMITS.title),
      what: clip(cause.what, TEXT_LIMITS.summary),
      first: shortStep(cause.first),
      fingerprints: cause.fingerprints.slice(0, MOST_FINGERPRINTS),
    })),
  };
}

/**
 * Each body stands in the message once: machines (sqs, lambda, firehose, http, email-json) have none of their own and get the default.
 * Slack's subscription is the https one.
 */
function draft(report: RenderableReport): Message {
  const view = viewOf(report);
  const plain = { subject: plainSubject(view), body: `${plainSubject(view)}\n\n${renderingFailed('email')}\n` };
  const { subject, body } = renderOr(
    'email',
    () => emailOf(view),
    () => plain,
  );
  const card = renderOr<string | undefined>(
    'slack',
    () => JSON.stringify(slackCard(view)),
    () => undefined,
  );
  const message = JSON.stringify({
    default: jsonOf(report),
    email: body,
    ...(card === undefined ? {} : { https: card }),
    sms: renderOr(
      'sms',
      () => verdictLine(view, LONGEST_SMS),
      () => plainSubject(view),
    ),
  });
  const attributes = { severity: view.status, database: plainLine(report.database, 63), kind: 'audit' } as const;
  return { subject, message, attributes, findingsLeftOut: report.findingsLeftOut ?? 0 };
}

/** The least that can be said of a report; nothing of it can fail. */
function plainSubject({ status, report }: ReportView): string {
  return `${status.toUpperCase()} litellm ${plainLine(report.database, 63).replaceAll(/[^\x20-\x7E]/g, '?')}`;
}

function fits({ subject, message, attributes }: Message): boolean {
  const named = Object.entries(attributes).map(([name, value]) => `${name}String${value}`);
  return bytesOf(subject + message + named.join('')) <= LARGEST_MESSAGE;
}

function slimmed(finding: Finding): Finding {
  if (isSmall(finding)) return finding;
  const { confidenceReason, ...rest } = finding;
  const bare = {
    ...rest,
    ...(confidenceReason === undefined ? {} : { confidenceReason: clip(confidenceReason, TEXT_LIMITS.reason) }),
    evidence: { leftOut: 'too large for a message' },
  };
  return isSmall(bare) ? bare : shortened(bare);
}

function shortened(finding: Finding): Finding {
  return {
    ...finding,
    subject: clip(finding.subject, TEXT_LIMITS.subject),
    summary: clip(finding.summary, TEXT_LIMITS.summary),
    docs: clip(finding.docs, TEXT_LIMITS.docs),
    advice: finding.advice.slice(0, MOST_STEPS).map(shortStep),
    ...(finding.missingSources && { missingSources: finding.missingSources.slice(0, MOST_STEPS) }),
  };
}

function shortStep({ text, command = '' }: Advice): Advice {
  const step = { text: clip(text, TEXT_LIMITS.step) };
  // Half a command is worse than none.
  return command === '' || command.length > TEXT_LIMITS.command ? step : { ...step, command };
}

function isSmall(finding: Finding): boolean {
  return bytesOf(JSON.stringify(finding)) <= LARGEST_FINDING;
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
