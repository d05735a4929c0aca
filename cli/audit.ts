import { audit } from '../lambda/audit.ts';
import type { Status } from '../lambda/core/finding.ts';
import { buildModel } from '../lambda/model/model.ts';
import { buildReport } from '../lambda/report/build.ts';
import { overallStatus, type RenderableReport, type Report } from '../lambda/report/report.ts';
import { renderTable } from '../lambda/report/table.ts';
import type { PreviousSource, ProxyLogSource } from '../lambda/snapshot/snapshot.ts';
import { type Command, HELP, parseCommand } from './options.ts';
import { readProxyLog } from './proxy-log.ts';
import {
  type Audited,
  loadPrevious,
  loadSnapshot,
  placeOf,
  saveSnapshot,
  settingsForSaved,
  withPrevious,
  withProxyLog,
  withTuning,
} from './saved.ts';
import { errorSentence } from './usage-error.ts';

/** The convention of monitoring plugins (docs/architecture.md, "Contracts"). */
const EXIT_STATUS: Readonly<Record<Status, number>> = { ok: 0, info: 0, warning: 1, critical: 2, unknown: 3 };
const NOT_AUDITED = 3;
/** Longer than all deadlines of one audit together. */
const BUDGET_MS = 60_000;
const DEFAULT_WIDTH = 100;

async function main(): Promise<number> {
  const command = parseCommand(process.argv.slice(2), process.env);
  if (command.kind === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  const report: Report = {
    ...(await runAudit(command)),
    notification: { status: 'skipped', reason: 'Run from a shell.' },
  };
  process.stdout.write(
    command.json
      ? `${JSON.stringify(report, null, 2)}\n`
      : renderTable(report, {
          color: process.stdout.hasColors?.() ?? false,
          width: process.stdout.columns ?? DEFAULT_WIDTH,
        }),
  );
  return EXIT_STATUS[overallStatus(report)];
}

async function runAudit(command: Exclude<Command, { readonly kind: 'help' }>): Promise<RenderableReport> {
  if (command.kind === 'saved') {
    const saved = await loadSnapshot(command.file);
    const tuning = command.tuning(saved.tuning);
    const settings = settingsForSaved(saved, tuning);
    const { database: label, takenAt } = saved;
    const previous = await previousIn(command.since, { label, place: placeOf(saved), takenAt });
    const log = await logIn(command.proxyLog);
    const snapshot = withProxyLog(withPrevious(withTuning(saved, tuning), previous), log);
    return buildReport(snapshot, buildModel(snapshot, settings), settings, 0);
  }
  const { target } = command.settings;
  // Read first, so that a file that cannot be used costs no connection.
  const audited = { label: target.label, place: target, takenAt: new Date().toISOString() };
  const previous = await previousIn(command.since, audited);
  const log = await logIn(command.proxyLog);
  const { snapshot, report } = await audit(command.settings, BUDGET_MS, previous, log);
  if (command.saveAs !== undefined) await saveSnapshot(command.saveAs, snapshot);
  return report;
}

async function previousIn(file: string | undefined, audited: Audited): Promise<PreviousSource | undefined> {
  return file === undefined ? undefined : loadPrevious(file, audited);
}

async function logIn(file: string | undefined): Promise<ProxyLogSource | undefined> {
  return file === undefined ? undefined : readProxyLog(file);
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    process.stderr.write(`${errorSentence(error, 'The audit')}\n`);
    process.exitCode = NOT_AUDITED;
  },
);
