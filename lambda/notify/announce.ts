import { isBad, severityRank } from '../core/finding.ts';
import type { Wishes } from '../memory/changes.ts';
import { changesDue } from '../memory/changes.ts';
import { type Audited, rememberAudit } from '../memory/memory.ts';
import { observe } from '../memory/observation.ts';
import { memoryFailure, type Recalled } from '../memory/recall.ts';
import { remember } from '../memory/remember.ts';
import type { Change, MemoryUse, Muted } from '../report/change.ts';
import { messageOf } from '../report/message.ts';
import type { Notification, RenderableReport, Report } from '../report/report.ts';
import type { Settings } from '../settings/settings.ts';
import type { PreviousSource } from '../snapshot/snapshot.ts';
import { publish } from './sns.ts';

/** Who asked for an audit, and so who is to be told of it. `at`: the time of the schedule, ISO 8601. */
export type Occasion =
  | { readonly by: 'schedule'; readonly at: string }
  | { readonly by: 'hand'; readonly notify: boolean };

/** One audit that is done, and the run that made it. */
export interface Run {
  readonly id: string;
  readonly occasion: Occasion;
  readonly report: RenderableReport;
  /** What the next audit compares with. */
  readonly previous: PreviousSource;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const LONGEST_GAP_MINUTES = 60;

/**
 * Tells people what they do not know yet, and remembers it; returns the report with what became of that. Never throws. An audit by hand answers its
 * caller: it publishes when that was asked for, and otherwise leaves the memory as it is.
 */
export async function announce(asked: Run, recalled: Recalled, settings: Settings): Promise<Report> {
  const run = { ...asked, report: { ...asked.report, muted: mutedIn(asked.report, recalled) } };
  if (run.occasion.by === 'hand' && !run.occasion.notify) return answerOnly(run, recalled, settings);
  if (recalled.kind !== 'recalled') return withoutMemory(run, memoryUse(recalled), settings);
  const { report, occasion, previous } = run;
  let notification: Notification | undefined;
  let changes: readonly Change[] = [];
  const tell = async (due: readonly Change[]) => {
    changes = due;
    notification = await publish(() => messageOf({ ...report, changes, memory: { status: 'used' } }), settings);
    return notification.status === 'published';
  };
  try {
    const { store, loaded } = recalled;
    await rememberAudit(store, loaded, auditedBy(run, previous), wishesOf(settings), tell);
  } catch (error) {
    // People were told, or it was tried: only the note of it is missing.
    if (notification === undefined)
      return withoutMemory(run, { status: 'failed', reason: memoryFailure(error) }, settings);
  }
  const known: RenderableReport = { ...report, changes, memory: { status: 'used' } };
  if (notification === undefined && occasion.by === 'hand') {
    return { ...known, notification: await publish(() => messageOf(known), settings) };
  }
  return {
    ...known,
    notification: notification ?? { status: 'skipped', reason: 'Nothing that people do not know yet.' },
  };
}

function auditedBy({ id, report }: Run, previous: PreviousSource): Audited {
  return {
    run: id,
    at: report.startedAt,
    observe: (mutes) => observe(report, mutes),
    advisories: report.exploited,
    previous,
    clock: Date.now,
  };
}

function answerOnly({ report }: Run, recalled: Recalled, settings: Settings): Report {
  const state = recalled.kind === 'recalled' && recalled.loaded.kind === 'stored' ? recalled.loaded.state : undefined;
  const at = report.startedAt;
  const mutes = state?.mutes.filter(({ until }) => until > at) ?? [];
  const seen = state && remember(state, observe(report, mutes), at);
  return {
    ...report,
    changes: seen === undefined ? [] : changesDue(seen, report.exploited, wishesOf(settings), at),
    memory: memoryUse(recalled),
    notification: { status: 'skipped', reason: 'Asked for by hand, without "notify": true.' },
  };
}

function mutedIn({ findings, startedAt }: RenderableReport, recalled: Recalled): readonly Muted[] {
  if (recalled.kind !== 'recalled' || recalled.loaded.kind !== 'stored') return [];
  return recalled.loaded.state.mutes
    .filter(({ until }) => until > startedAt)
    .map((mute) => ({
      ...mute,
      findings: findings.filter(
        (finding) => isBad(finding) && (finding.checkId === mute.finding || finding.fingerprint === mute.finding),
      ).length,
    }));
}

function memoryUse(recalled: Recalled): MemoryUse {
  if (recalled.kind === 'recalled') return { status: 'used' };
  return recalled.kind === 'none' ? { status: 'none' } : { status: 'failed', reason: recalled.reason };
}

/** An audit that remembers nothing cannot tell what is new: incidents alone, and at most once an hour. */
async function withoutMemory(run: Run, memory: MemoryUse, settings: Settings): Promise<Report> {
  const report: RenderableReport = { ...run.report, memory };
  const skipped = (reason: string): Report => ({ ...report, notification: { status: 'skipped', reason } });
  if (run.occasion.by === 'schedule') {
    if (!isIncident(report, settings))
      return skipped(`There is no incident that notifyFrom ${settings.notifyFrom} asks for.`);
    if (!isFirstOfHour(run.occasion.at, settings))
      return skipped('Without a memory, at most one message an hour is sent.');
  }
  return { ...report, notification: await publish(() => messageOf(report), settings) };
}

function isIncident({ findings, diagnosis }: RenderableReport, { notifyFrom }: Settings): boolean {
  if (notifyFrom === 'never') return false;
  const least = notifyFrom === 'critical' ? severityRank('critical') : severityRank('warning');
  return (
    diagnosis.causes.some(({ id }) => id === 'auditor-cannot-look') ||
    findings.some((finding) => finding.kind === 'incident' && isBad(finding) && severityRank(finding.status) >= least)
  );
}

/** By the clock, since nothing else is known: the audit before this one was in the hour before. */
function isFirstOfHour(at: string, { longestGapMinutes = LONGEST_GAP_MINUTES }: Settings): boolean {
  const time = Date.parse(at);
  return Math.floor((time - longestGapMinutes * MINUTE_MS) / HOUR_MS) < Math.floor(time / HOUR_MS);
}

function wishesOf(settings: Settings): Wishes {
  const { notifyFrom, reminderCriticalHours, reminderWarningHours, reminderUnknownHours } = settings;
  return {
    notifyFrom,
    reminderHours: { critical: reminderCriticalHours, warning: reminderWarningHours, unknown: reminderUnknownHours },
  };
}
