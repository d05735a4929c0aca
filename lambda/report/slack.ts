import type { Evidence } from '../core/finding.ts';
import { evidenceItems } from './evidence.ts';
import { nextStepsOf } from './next-steps.ts';
import type { RenderableReport } from './report.ts';
import { headlineOf, subjectOf } from './subject.ts';
import { timeOf } from './time.ts';
import { slackLine } from './untrusted-text.ts';
import type { ReportView, Section } from './view.ts';

/** Amazon Q Developer's custom notification; the limits are those seen in use, AWS documents none (knowledge/aws.md, SNS). */
const LONGEST_TITLE = 150;
const LONGEST_DESCRIPTION = 2500;
const MOST_KEYWORDS = 5;
const AUDIT = 'LitellmDatabaseAudit';
const BETWEEN = '\n\n';
/** For the line that counts what does not fit. */
const ROOM_FOR_MORE = 60;
/** So that one finding cannot push the others out; in characters. */
const LONGEST_SUMMARY = 420;
const LONGEST_CONFIDENCE = 210;
const LONGEST_VALUES = 360;
const LONGEST_LIST_LINE = 100;
const MOST_LIST_LINES = 5;

const SIGNS = {
  critical: ':rotating_light:',
  warning: ':warning:',
  unknown: ':grey_question:',
  info: ':information_source:',
  ok: ':white_check_mark:',
} as const;

/** A custom notification of Amazon Q Developer in chat applications, version 1.0, which it shows in Slack. */
export interface ChatNotification {
  readonly version: '1.0';
  readonly source: 'custom';
  readonly id: string;
  readonly content: {
    readonly textType: 'client-markdown';
    readonly title: string;
    readonly description: string;
    readonly nextSteps: readonly string[];
    readonly keywords: readonly string[];
  };
  readonly metadata: {
    /** Repeats of one database stand in one thread. */
    readonly threadId: string;
    readonly summary: string;
    readonly eventType: string;
    readonly relatedResources: readonly string[];
    readonly additionalContext: Readonly<Record<string, string>>;
    readonly enableCustomActions: false;
  };
}

/** What differs from card to card. */
interface CardParts extends Pick<ChatNotification['content'], 'title' | 'description' | 'nextSteps' | 'keywords'> {
  /** In plain text, for where a card is shown in one line. */
  readonly summary: string;
  readonly eventType: string;
  readonly context: Readonly<Record<string, string>>;
}

/** The Slack card. Findings that do not fit its limits are counted instead, the least severe first. */
export function slackCard(view: ReportView): ChatNotification {
  const { report, status, counts, notOkChecks } = view;
  const database = slackLine(report.database, 63);
  return chatNotification(report, {
    title: title(view, database),
    description: description(view),
    nextSteps: nextStepsOf(view),
    keywords: [status, database, ...notOkChecks].slice(0, MOST_KEYWORDS),
    summary: subjectOf(view),
    eventType: AUDIT,
    context: { status, findings: counts },
  });
}

/** A card that only says why there is no other; Slack would show nothing of what is no card. */
export function plainCard(report: RenderableReport, summary: string, why: string): ChatNotification {
  return chatNotification(report, {
    title: summary,
    description: slackLine(why, LONGEST_DESCRIPTION),
    nextSteps: [],
    keywords: [],
    summary,
    eventType: AUDIT,
    context: {},
  });
}

/**
 * A card about a report, or about an operation.
 * @param about where and when it was; `action` for an operation
 */
export function chatNotification(
  about: Pick<RenderableReport, 'database' | 'startedAt' | 'auditorVersion'> & { readonly action?: string },
  { title, description, nextSteps, keywords, summary, eventType, context }: CardParts,
): ChatNotification {
  const { database, startedAt, auditorVersion, action } = about;
  const threadId = `litellm-db-auditor/${database}`;
  return {
    version: '1.0',
    source: 'custom',
    id: [threadId, ...(action === undefined ? [] : [action]), startedAt].join('/'),
    content: { textType: 'client-markdown', title, description, nextSteps, keywords },
    metadata: {
      threadId,
      summary,
      eventType,
      relatedResources: [slackLine(database, 63)],
      additionalContext: { ...context, startedAt, auditorVersion },
      enableCustomActions: false,
    },
  };
}

function title(view: ReportView, database: string): string {
  const start = `${SIGNS[view.status]} ${view.status.toUpperCase()} litellm ${database}: `;
  return start + slackLine(headlineOf(view, LONGEST_TITLE - start.length), LONGEST_TITLE - start.length);
}

function description({ report, sections, okChecks, causes }: ReportView): string {
  const end = [
    ...(okChecks.length > 0 ? [`${SIGNS.ok} ${slackLine(okChecks.join(', '), 300)}`] : []),
    `Audited ${timeOf(report)}, with the knowledge of ${report.knowledge.date}. Evidence and all steps are in the email.`,
  ].join('\n');
  const start = causes.map(({ label, what, confidence }) =>
    [`*${label}:* ${slackLine(what, LONGEST_SUMMARY)}`, `*Confidence:* ${slackLine(confidence, LONGEST_SUMMARY)}`].join(
      '\n',
    ),
  );
  const blocks: string[] = [];
  let room = LONGEST_DESCRIPTION - [...start, end].join(BETWEEN).length - ROOM_FOR_MORE;
  for (const section of sections) {
    const text = block(section, blocks.length === 0);
    room -= text.length + BETWEEN.length;
    if (room < 0) break;
    blocks.push(text);
  }
  const hidden =
    sections.slice(blocks.length).flatMap(({ findings }) => findings).length + (report.findingsLeftOut ?? 0);
  const more = hidden > 0 ? [`and ${hidden} more finding${hidden > 1 ? 's' : ''} in the email`] : [];
  return [...start, ...blocks, ...more, end].join(BETWEEN);
}

function block({ status, headline, about, confidence, lead, findings }: Section, isWorst: boolean): string {
  return [
    `${SIGNS[status]} *${status.toUpperCase()}* ${slackLine(about, 200)}`,
    slackLine(headline, LONGEST_SUMMARY),
    ...(confidence === null ? [] : [`Confidence: ${slackLine(confidence, LONGEST_CONFIDENCE)}`]),
    ...(isWorst && findings.length === 1 ? evidenceLines(lead.evidence) : []),
  ].join('\n');
}

/** Single values in one paragraph, then the first lines of the lists. */
function evidenceLines(evidence: Evidence): string[] {
  const items = evidenceItems(evidence);
  const values = items.flatMap(({ name, value }) => (typeof value === 'string' ? [`${name}: ${value}`] : []));
  const lists = items.flatMap(({ name, value }) =>
    typeof value === 'string' ? [] : value.map((part) => `${name}: ${part}`),
  );
  return [
    ...(values.length > 0 ? [slackLine(values.join('; '), LONGEST_VALUES)] : []),
    ...lists.slice(0, MOST_LIST_LINES).map((line) => `\u2022 ${slackLine(line, LONGEST_LIST_LINE)}`),
  ];
}
