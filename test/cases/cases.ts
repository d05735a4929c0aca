import { readFileSync } from 'node:fs';
import { settingsForSaved } from '../../cli/saved.ts';
import type { CauseId } from '../../lambda/diagnosis/diagnosis.ts';
import { buildModel } from '../../lambda/model/model.ts';
import { buildReport } from '../../lambda/report/build.ts';
import type { RenderableReport } from '../../lambda/report/report.ts';
import type { Settings } from '../../lambda/settings/settings.ts';
import { tuningSchema } from '../../lambda/settings/tuning.ts';
import { parseSnapshot } from '../../lambda/snapshot/saved.ts';
import type { Snapshot } from '../../lambda/snapshot/snapshot.ts';
import { withRecorded } from './recorded.ts';

/** A snapshot of release 0.1.0, made after a public incident report, with addresses and names made up. */
interface Case {
  readonly name: string;
  /** What was wrong, as the report has it; null: nothing. */
  readonly wanted: CauseId | null;
}

export const CASES: readonly Case[] = [
  { name: '01-iam-leak-1.73.6', wanted: 'iam-token-refresh' },
  { name: '02-iam-leak-full', wanted: 'slots-exhausted' },
  { name: '03-row-lock-pileup', wanted: 'lock-pile-up' },
  { name: '04-workers-and-services', wanted: 'pools-do-not-fit' },
  { name: '06-idle-tcp-dropped', wanted: 'network-drops-idle' },
  { name: '09b-cpu-seqscan-timeouts', wanted: 'server-overloaded' },
  { name: '10-create-index-lock', wanted: 'lock-pile-up' },
  { name: '11-rolling-deploy', wanted: 'pools-do-not-fit' },
  { name: '12-advisory-lock-orphan', wanted: 'migration-lock-orphaned' },
  { name: '13-client-not-connected', wanted: 'query-engine' },
  { name: '15-dead-workers', wanted: 'dead-worker-engine' },
  { name: '17-componentized', wanted: 'split-ignores-pool-limit' },
  { name: '19-iam-refresh-fails', wanted: 'iam-refresh-fails' },
  { name: '21-iam-throttled', wanted: null },
  { name: '22-rds-proxy-pinned', wanted: 'rds-proxy-pinned' },
  { name: '23-aurora-failover', wanted: 'failover-left-behind' },
  { name: '24-serverless-small', wanted: 'pools-do-not-fit' },
  { name: '25b-other-application-old-litellm', wanted: 'other-application' },
  { name: '26b-storage-full', wanted: 'storage-full' },
  { name: '28-healthy-big-pool', wanted: null },
  { name: '30-spendlog-bloat', wanted: 'table-growth' },
  { name: '33-burst-between-audits', wanted: 'bursts-fill-slots' },
  { name: '34-iam-no-permission', wanted: 'auditor-cannot-look' },
  { name: '35-no-way-to-aws-apis', wanted: 'auditor-cannot-look' },
];

export const NAMES = CASES.map(({ name }) => name);

export function caseText(name: string): string {
  return readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8');
}

/** The case, with what was recorded for it. */
export function loadCase(name: string): Snapshot {
  return withRecorded(name, parseSnapshot(caseText(name)));
}

/** What somebody who runs the shell on the saved snapshot gets, without any setting. */
export function settingsOf(snapshot: Snapshot): Settings {
  return settingsForSaved(snapshot, tuningSchema.parse({}));
}

export function reportOf(snapshot: Snapshot): RenderableReport {
  const settings = settingsOf(snapshot);
  return buildReport(snapshot, buildModel(snapshot, settings), settings, 0);
}
