import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { audit } from './audit.ts';
import type { MuteAnswer } from './memory/mute.ts';
import { oweNotice } from './memory/owe.ts';
import { memoryReserveMs, previousIn, recall } from './memory/recall.ts';
import { announce, type Occasion } from './notify/announce.ts';
import { recordMetrics } from './notify/metrics.ts';
import type { AutomaticPurge } from './purge/automatic.ts';
import type { PurgeOperation, PurgeReport, Requester } from './purge/operation.ts';
import type { Audit, Report } from './report/report.ts';
import {
  type AuditRequest,
  type MuteRequest,
  type PurgeRequest,
  parseRequest,
  type Request,
  RequestError,
} from './settings/request.ts';
import { type Settings, SettingsError, settingsFromEnvironment } from './settings/settings.ts';
import { previousOf } from './snapshot/previous.ts';

const logger = new Logger({ serviceName: 'litellm-db-auditor' });

/** Kept back for evaluating, logging and answering. */
const ANSWER_RESERVE_MS = 1000;

/** It is done, but the message could not be published; the whole report is in the log. */
class NotificationError extends Error {
  override readonly name = 'NotificationError';
}

/** `automaticPurge`: what a scheduled audit did about the global row, when it did anything. */
type AuditReport = Report & { readonly automaticPurge?: PurgeReport };

/** The event is no valid request: nothing was done, and the message says what is allowed. It is no error of the function, so no alarm counts it. */
interface Refusal {
  readonly status: 'refused';
  readonly message: string;
}

type Answer = AuditReport | PurgeReport | MuteAnswer | Refusal;

/**
 * Answers one Lambda event with the report of the audit, or of the purge or restore that was asked for.
 * @throws SettingsError before anything is done; NotificationError when a message could not be published.
 */
export async function handler(event: unknown, context: Context): Promise<Answer> {
  logger.addContext(context);
  const request = requestIn(event);
  if ('status' in request) return request;
  const settings = readSettings();
  switch (request.action) {
    case 'audit':
      return handleAudit(request, settings, context);
    case 'mute':
    case 'unmute':
    case 'muted':
      return handleMute(request, settings);
    default:
      return handleOperation(request, settings, context);
  }
}

function requestIn(event: unknown): Request | Refusal {
  try {
    return parseRequest(event);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    logger.warn(error.message);
    return { status: 'refused', message: error.message };
  }
}

function readSettings(): Settings {
  try {
    return settingsFromEnvironment(process.env);
  } catch (error) {
    if (error instanceof SettingsError) logger.error(error.message);
    throw error;
  }
}

/** Loaded when somebody asks: nearly every run is an audit. */
async function handleMute(request: MuteRequest, settings: Settings): Promise<MuteAnswer> {
  const { runMute } = await import('./memory/mute.ts');
  const answer = await runMute(request, settings, Date.now());
  logger.info('Mute.', { ...answer });
  return answer;
}

async function handleAudit(request: AuditRequest, settings: Settings, context: Context): Promise<AuditReport> {
  const { scheduledAt } = request;
  // The memory is read while the database is.
  const recalling = recall(settings);
  const audited = await audit(settings, timeLeft(context, settings, 1), recalling.then(previousIn));
  const {
    report: found,
    model,
    snapshot,
    operation,
  } = await purgeWhenScheduled(audited, scheduledAt, settings, context);
  const automaticPurge = operation === null ? undefined : await publishPurge(operation, settings);
  const run = {
    id: context.awsRequestId,
    occasion: occasionOf(request),
    report: found,
    previous: previousOf(snapshot),
  };
  const report = await announce(run, await recalling, settings);
  recordMetrics(report, model.slots);
  logger.info('Audited.', {
    status: report.status,
    risk: report.risk,
    durationMs: report.durationMs,
    notification: report.notification,
    memory: report.memory,
    changes: report.changes.map(({ kind, problem, status }) => ({ kind, problem, status })),
    causes: report.diagnosis.causes.map(({ id, confidence }) => ({ id, confidence })),
    sources: report.sources,
    findings: report.findings
      .filter(({ status }) => status !== 'ok')
      .map(({ checkId, status, subject, fingerprint }) => ({ checkId, status, subject, fingerprint })),
  });
  const answer = automaticPurge === undefined ? report : { ...report, automaticPurge };
  requirePublished([report, automaticPurge]);
  return answer;
}

function occasionOf({ scheduledAt, notify }: AuditRequest): Occasion {
  return scheduledAt === undefined ? { by: 'hand', notify: notify === true } : { by: 'schedule', at: scheduledAt };
}

/** The audit as it stands after the automatic purge; as it was where there was none. */
async function purgeWhenScheduled(
  audited: Audit,
  scheduledAt: AuditRequest['scheduledAt'],
  settings: Settings,
  context: Context,
): Promise<AutomaticPurge> {
  if (scheduledAt === undefined || settings.purge !== 'automatic') return { ...audited, operation: null };
  const { runAutomaticPurge } = await purgeModule();
  return runAutomaticPurge(audited, scheduledAt, settings, timeLeft(context, settings, 2));
}

async function handleOperation(request: PurgeRequest, settings: Settings, context: Context): Promise<PurgeReport> {
  const { runOperation } = await purgeModule();
  const operation = await runOperation(request, settings, {
    requester: requesterOf(context),
    mode: 'manual',
    enabled: settings.purge !== 'disabled',
    budgetMs: timeLeft(context, settings, 1),
  });
  const report = await publishPurge(operation, settings);
  requirePublished([report]);
  return report;
}

/** Loaded when there is something to do: nearly every run is an audit. */
function purgeModule() {
  return import('./purge/purge.ts');
}

/** Logged before it is published: whatever happens then, what was done can be found. */
async function publishPurge(operation: PurgeOperation, settings: Settings): Promise<PurgeReport> {
  const { action, mode, result, summary, requestedBy, requestId, outcome } = operation;
  logger.info('Operation.', { action, mode, result, summary, requestedBy, requestId, outcome: outcome.outcome });
  const { publishOperation } = await purgeModule();
  const notification = await publishOperation(operation, settings);
  if (notification.status === 'failed') {
    await oweNotice({ id: requestId, at: operation.startedAt, headline: summary }, settings);
  }
  return { ...operation, notification };
}

/** @throws NotificationError when one of the messages could not be published; its whole report is in the log then */
function requirePublished(reports: readonly (Report | PurgeReport | undefined)[]): void {
  const unpublished = reports.flatMap((report) => (report?.notification.status === 'failed' ? [report] : []));
  for (const report of unpublished) {
    logger.error('The message could not be published; this is the whole report.', { report });
  }
  const [first] = unpublished;
  if (first?.notification.status === 'failed') throw new NotificationError(first.notification.error);
}

/** Milliseconds for the database. Publishing and the memory have a reserve of their own, so that a hanging database cannot keep its finding from being published. */
function timeLeft(context: Context, settings: Settings, publishings: number): number {
  const reserved = publishings * settings.awsTimeoutMs + memoryReserveMs(settings) + ANSWER_RESERVE_MS;
  return context.getRemainingTimeInMillis() - reserved;
}

/** What a caller may say of itself, as `aws lambda invoke --client-context` sends it. */
const claimSchema = z.object({ custom: z.object({ requestedBy: z.string().min(1).max(100) }) });

/** A function does not learn from Lambda who invoked it. */
function requesterOf({ awsRequestId, invokedFunctionArn, clientContext }: Context): Requester {
  const claim = claimSchema.safeParse(clientContext);
  const caller = claim.success ? `somebody giving the name ${claim.data.custom.requestedBy}` : 'somebody';
  return {
    requestedBy: `${caller} who may invoke ${invokedFunctionArn} (CloudTrail shows who, if it records invocations)`,
    requestId: awsRequestId,
  };
}
