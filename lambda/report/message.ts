import type { Advice, Finding } from '../core/finding.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import { draftMessage, type Message } from './draft.ts';
import type { RenderableReport } from './report.ts';
import { clip } from './untrusted-text.ts';

/** SNS: message and attributes together, in bytes (knowledge/aws.md, SNS). */
const LARGEST_MESSAGE = 262_144;
/** Bytes of one finding as JSON. Escaped once more, and with mail and card beside it, three such fit in a message. */
const LARGEST_FINDING = 32_768;
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
/** Of a cause that is based on more findings than a message holds. */
const MOST_FINGERPRINTS = 100;

/**
 * The message for all subscribers, within SNS's size limit whatever the findings hold. When it would be too large, large findings lose their
 * evidence, then whole findings are left out of all renderings, the least severe first.
 */
export function messageOf(report: RenderableReport): Message {
  const whole = draftMessage(report);
  if (fits(whole)) return whole;
  const slim = { ...report, diagnosis: shortDiagnosis(report), findings: report.findings.map(slimmed) };
  let shown = 1;
  let most = slim.findings.length;
  while (shown < most) {
    const middle = Math.ceil((shown + most) / 2);
    if (fits(draftMessage(firstOf(slim, middle)))) shown = middle;
    else most = middle - 1;
  }
  return draftMessage(firstOf(slim, shown));
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
