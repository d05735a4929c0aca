import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Advice, Finding } from '../../lambda/core/finding.ts';
import { parseSnapshot, snapshotText } from '../../lambda/snapshot/saved.ts';
import { SOURCE_NAMES } from '../../lambda/snapshot/snapshot.ts';
import manifest from '../../package.json' with { type: 'json' };
import { evaluate } from '../snapshots.ts';
import { CASES, caseText, loadCase, NAMES, reportOf, settingsOf } from './cases.ts';

/** A REVOKE, a limit on LiteLLM's own user, or a larger pool: each can stop a proxy that works. */
const HARMFUL = /REVOKE|CONNECTION LIMIT|raise (its|the pool) limit/i;

function isHarmful({ text, command = '' }: Advice): boolean {
  return HARMFUL.test(`${text}\n${command}`);
}

/** Only a check that threw says where to report it. */
function isOfFailedCheck({ advice }: Finding): boolean {
  return advice.some(({ text }) => text.includes(manifest.bugs.url));
}

describe('the cases', () => {
  it('are all in the table', () => {
    const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.json'));

    expect(files.map((file) => file.replace(/\.json$/, '')).sort()).toEqual(NAMES.toSorted());
  });

  for (const { name, wanted } of CASES) {
    const title = `name ${wanted ?? 'nothing'} first when it is ${name}`;
    it(title, () => expect(reportOf(loadCase(name)).diagnosis.causes[0]?.id ?? null).toBe(wanted));
  }

  it('begin with the policy, and name no other cause, when the policy of the auditor lacks rds-db:connect', () => {
    const { diagnosis, findings } = reportOf(loadCase('34-iam-no-permission'));

    expect(diagnosis.causes.map(({ id }) => id)).toEqual(['auditor-cannot-look']);
    expect(diagnosis.causes[0]?.first.text).toContain('rds-db:connect');
    const steps = findings.find(({ checkId }) => checkId === 'database-reachable')?.advice ?? [];
    const places = [/rds-db:connect/, /database-setup|GRANT/].map((form) =>
      steps.findIndex(({ text, command = '' }) => form.test(`${text} ${command}`)),
    );
    expect(places).toEqual(places.toSorted((one, other) => one - other));
  });

  it('begin with the endpoints by name when the APIs of AWS do not answer', () => {
    const { diagnosis } = reportOf(loadCase('35-no-way-to-aws-apis'));

    expect(diagnosis.causes.map(({ id }) => id)).toEqual(['auditor-cannot-look']);
    expect(diagnosis.causes[0]?.first.text).toMatch(
      /com\.amazonaws\.REGION\.rds and com\.amazonaws\.REGION\.monitoring/,
    );
  });

  it.each(NAMES)('advise nothing that could stop a working proxy when it is %s', (name) => {
    const { findings, diagnosis } = reportOf(loadCase(name));

    expect(diagnosis.causes.filter(({ first }) => isHarmful(first))).toEqual([]);
    expect(findings.flatMap(({ advice }) => advice).filter(isHarmful)).toEqual([]);
  });

  it.each(NAMES)('are read, evaluated and saved again when it is %s', (name) => {
    const snapshot = loadCase(name);

    const { findings } = reportOf(snapshot);

    expect(findings.filter(isOfFailedCheck)).toEqual([]);
    const again = parseSnapshot(snapshotText(snapshot));
    expect(again).toEqual(snapshot);
    expect(evaluate(again, settingsOf(again))).toEqual(evaluate(snapshot, settingsOf(snapshot)));
  });

  it.each(NAMES)('are of version 2, without what 0.1.0 did not save, when it is %s', (name) => {
    const text = caseText(name);
    const { schemaVersion, tuning, sources } = parseSnapshot(text);

    const before: { readonly schemaVersion: number; readonly sources: object } = JSON.parse(text);
    expect([before.schemaVersion, schemaVersion, tuning]).toEqual([1, 2, null]);
    const added = SOURCE_NAMES.filter((source) => !(source in before.sources));
    expect(added).toContain('previous');
    // Its counts were among the metrics.
    const moved = 'proxy-log';
    expect(sources[moved].status === 'ok').toBe(text.includes('"connectionAttemptsFailed"'));
    for (const source of added.filter((name) => name !== moved)) expect(sources[source].status).toBe('skipped');
  });
});
