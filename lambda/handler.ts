import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { audit } from './audit.ts';
import { recordMetrics } from './notify/metrics.ts';
import { notify } from './notify/sns.ts';
import type { RemedyReport, Requester, UnsentRemedy } from './purge/outcome.ts';
import type { Report } from './report/report.ts';
import { type AuditRequest, parseRequest, type RemedyRequest, RequestError } from './settings/request.ts';
import { type Settings, SettingsError, settingsFromEnvironment } from './settings/settings.ts';

const logger = new Logger({ serviceName: 'litellm-db-auditor' });

/** Kept back for judging, logging and answering. */
const ANSWER_RESERVE_MS = 1000;

/** It is done, but nobody could be told; what would have been told is in the log. */
class NotificationError extends Error {
  override readonly name = 'NotificationError';
}

/** `automaticPurge`: what a scheduled audit did about the global row, when it did anything. */
type AuditReport = Report & { readonly automaticPurge?: RemedyReport };

/**
 * Answers one Lambda event with the report of the audit, or of the purge or restore that was asked for.
 * @throws RequestError, SettingsError before anything is done; NotificationError when a message could not be published.
 */
export async function handler(event: unknown, context: Context): Promise<AuditReport | RemedyReport> {
  logger.addContext(context);
  const { request, settings } = prepare(event);
  return request.action === 'audit'
    ? auditAndTell(request, settings, context)
    : performAndTell(request, settings, context);
}

function prepare(event: unknown) {
  try {
    return { request: parseRequest(event), settings: settingsFromEnvironment(process.env) };
  } catch (error) {
    if (error instanceof RequestError || error instanceof SettingsError) logger.error(error.message);
    throw error;
  }
}

async function auditAndTell({ scheduledAt }: AuditRequest, settings: Settings, context: Context): Promise<AuditReport> {
  const audited = await audit(settings, timeLeft(context, settings, 1));
  const treated =
    scheduledAt === undefined || settings.purge !== 'automatic'
      ? { ...audited, remedy: null }
      : await (await remedies()).treat(audited, scheduledAt, settings, timeLeft(context, settings, 2));
  const automaticPurge = treated.remedy === null ? undefined : await tell(treated.remedy, settings);
  const report = { ...treated.report, notification: await notify(treated.report, settings) };
  recordMetrics(report, treated.snapshot);
  logger.info('Audited.', {
    status: report.status,
    durationMs: report.durationMs,
    notification: report.notification,
    sources: report.sources,
    findings: report.findings
      .filter(({ status }) => status !== 'ok')
      .map(({ checkId, status, subject }) => ({ checkId, status, subject })),
  });
  const answer = automaticPurge === undefined ? report : { ...report, automaticPurge };
  mustBeTold([report, automaticPurge]);
  return answer;
}

async function performAndTell(request: RemedyRequest, settings: Settings, context: Context): Promise<RemedyReport> {
  const { perform } = await remedies();
  const unsent = await perform(request, settings, {
    requester: requesterOf(context),
    mode: 'manual',
    enabled: settings.purge !== 'disabled',
    budgetMs: timeLeft(context, settings, 1),
  });
  const remedy = await tell(unsent, settings);
  mustBeTold([remedy]);
  return remedy;
}

/** Loaded when there is something to do: nearly every run is an audit. */
function remedies() {
  return import('./purge/purge.ts');
}

/** Logged before it is published: whatever happens then, what was done can be found. */
async function tell(remedy: UnsentRemedy, settings: Settings): Promise<RemedyReport> {
  const { action, mode, result, summary, requestedBy, requestId, outcome } = remedy;
  logger.info('Remedy.', { action, mode, result, summary, requestedBy, requestId, outcome: outcome.outcome });
  const { announce } = await remedies();
  return { ...remedy, notification: await announce(remedy, settings) };
}

function mustBeTold(reports: readonly (Report | RemedyReport | undefined)[]): void {
  const untold = reports.flatMap((report) => (report?.notification.status === 'failed' ? [report] : []));
  for (const report of untold) {
    logger.error('The message could not be published; this is the whole report.', { report });
  }
  const [first] = untold;
  if (first?.notification.status === 'failed') throw new NotificationError(first.notification.error);
}

/** Milliseconds for the database. Each publishing has a reserve of its own, so that a hanging database cannot keep its finding from being told. */
function timeLeft(context: Context, { awsTimeoutMs }: Settings, publishings: number): number {
  return context.getRemainingTimeInMillis() - publishings * awsTimeoutMs - ANSWER_RESERVE_MS;
}

/** What a caller may say of itself, as `aws lambda invoke --client-context` sends it. */
const claimSchema = z.object({ custom: z.object({ requestedBy: z.string().min(1).max(100) }) });

/** Lambda does not tell a function who invoked it. */
function requesterOf({ awsRequestId, invokedFunctionArn, clientContext }: Context): Requester {
  const claim = claimSchema.safeParse(clientContext);
  const caller = claim.success ? `somebody who gives the name ${claim.data.custom.requestedBy}` : 'somebody';
  return {
    requestedBy: `${caller} who may invoke ${invokedFunctionArn}; CloudTrail knows who, where it records invocations`,
    requestId: awsRequestId,
  };
}
