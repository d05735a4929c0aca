import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { settingsForSaved } from '../../cli/saved.ts';
import type { Finding } from '../../lambda/core/finding.ts';
import type { CauseId } from '../../lambda/diagnosis/diagnosis.ts';
import { buildModel } from '../../lambda/model/model.ts';
import { buildReport } from '../../lambda/report/build.ts';
import { tuningSchema } from '../../lambda/settings/tuning.ts';
import { parseSnapshot, snapshotText } from '../../lambda/snapshot/saved.ts';
import { type Snapshot, SOURCE_NAMES } from '../../lambda/snapshot/snapshot.ts';
import manifest from '../../package.json' with { type: 'json' };
import { evaluate } from '../snapshots.ts';

/**
 * The first cause of each case as it is today, null for none. The cases are snapshots of release 0.1.0, made after public incident reports, with
 * addresses and names made up. The table is a record, not a judgement: what is named is not always what was wrong, and a change of the diagnosis that
 * gets closer to the report changes its line here.
 */
const FIRST_CAUSES: Readonly<Record<string, CauseId | null>> = {
  '01-iam-leak-1.73.6': 'iam-token-refresh',
  '02-iam-leak-full': 'slots-exhausted',
  '03-row-lock-pileup': 'idle-in-transaction',
  '04-workers-and-services': 'other-application',
  '06-idle-tcp-dropped': 'known-bad-version',
  '09b-cpu-seqscan-timeouts': 'none-of-the-known',
  '10-create-index-lock': 'none-of-the-known',
  '11-rolling-deploy': 'pools-do-not-fit',
  '12-advisory-lock-orphan': 'known-bad-version',
  '13-client-not-connected': 'known-bad-version',
  '15-dead-workers': 'none-of-the-known',
  '17-componentized': 'none-of-the-known',
  '19-iam-refresh-fails': 'iam-logins-refused',
  '21-iam-throttled': 'iam-logins-refused',
  '22-rds-proxy-pinned': 'under-provisioned',
  '23-aurora-failover': 'known-bad-version',
  '24-serverless-small': 'pools-do-not-fit',
  '25b-other-application-old-litellm': 'managed-object-poll',
  '26b-storage-full': 'database-unreachable',
  '28-healthy-big-pool': 'none-of-the-known',
  '30-spendlog-bloat': 'known-bad-version',
  '33-burst-between-audits': null,
  '34-iam-no-permission': 'iam-logins-refused',
  '35-no-way-to-aws-apis': 'auditor-cannot-look',
};

function savedText(name: string): string {
  return readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8');
}

/** Only a check that threw says where to report it. */
function isOfFailedCheck({ advice }: Finding): boolean {
  return advice.some(({ text }) => text.includes(manifest.bugs.url));
}

function settingsFor(snapshot: Snapshot) {
  return settingsForSaved(snapshot, tuningSchema.parse({}));
}

describe('the cases', () => {
  it('are all in the table', () => {
    const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.json'));

    expect(files.map((file) => file.replace(/\.json$/, '')).sort()).toEqual(Object.keys(FIRST_CAUSES).sort());
  });

  it.each(Object.entries(FIRST_CAUSES))('are read, evaluated and saved again when it is %s', (name, cause) => {
    const text = savedText(name);
    const snapshot = parseSnapshot(text);
    const settings = settingsFor(snapshot);

    const { findings, diagnosis } = buildReport(snapshot, buildModel(snapshot, settings), settings, 0);

    expect(diagnosis.causes[0]?.id ?? null).toBe(cause);
    expect(findings.filter(isOfFailedCheck)).toEqual([]);
    const again = parseSnapshot(snapshotText(snapshot));
    expect(again).toEqual(snapshot);
    expect(evaluate(again, settingsFor(again))).toEqual(evaluate(snapshot, settings));
  });

  it.each(Object.keys(FIRST_CAUSES))('are of version 2, without what 0.1.0 did not save, when it is %s', (name) => {
    const text = savedText(name);
    const { schemaVersion, tuning, sources } = parseSnapshot(text);

    const before: { readonly schemaVersion: number; readonly sources: object } = JSON.parse(text);
    expect([before.schemaVersion, schemaVersion, tuning]).toEqual([1, 2, null]);
    const added = SOURCE_NAMES.filter((source) => !(source in before.sources));
    expect(added).toContain('previous');
    for (const source of added) expect(sources[source].status).toBe('skipped');
  });
});
