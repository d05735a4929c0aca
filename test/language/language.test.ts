import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settingsForSaved } from '../../cli/saved.ts';
import { databaseSetupSql } from '../../database/setup/script.ts';
import { CHECKS } from '../../lambda/checks/registry.ts';
import { buildModel } from '../../lambda/model/model.ts';
import { buildReport } from '../../lambda/report/build.ts';
import { tuningSchema } from '../../lambda/settings/tuning.ts';
import { failureOf } from '../../lambda/snapshot/failure.ts';
import { parseSnapshot } from '../../lambda/snapshot/saved.ts';
import { failureKindSchema } from '../../lambda/snapshot/schema/source.ts';
import { type Snapshot, SOURCE_NAMES } from '../../lambda/snapshot/snapshot.ts';
import manifest from '../../package.json' with { type: 'json' };
import { findTemplate } from '../infra/templates.ts';
import { anySnapshot } from '../snapshot/any-snapshot.ts';
import { failed, healthySnapshot } from '../snapshots.ts';
import { bannedIn } from './banned-words.ts';
import { configErrors, functionErrors } from './config-errors.ts';
import { OUTCOMES } from './operations.ts';
import { operationText, reportText } from './rendered.ts';

const CASES = globSync('test/cases/*.json');
const PAGES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...globSync('docs/**/*.{md,txt}')];
/** The commands that people run, which all have a help text. */
const COMMANDS = Object.values(manifest.scripts).flatMap(
  (script) => /^node ((?:cli|sandbox)\/\S+\.ts)$/.exec(script)?.[1] ?? [],
);

function shownOf(snapshot: Snapshot): string {
  const settings = settingsForSaved(snapshot, snapshot.tuning ?? tuningSchema.parse({}));
  return reportText(buildReport(snapshot, buildModel(snapshot, settings), settings, 1234));
}

function outputOf(...args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return `${stdout}\n${stderr}`;
}

describe('plain English', () => {
  it.each(CASES)('is what the messages and the table of %s are in', (file) => {
    expect(bannedIn(shownOf(parseSnapshot(readFileSync(file, 'utf8'))))).toEqual([]);
  });

  it.each(failureKindSchema.options)('is what is said when the connection, or all but it, fail by %s', (kind) => {
    const failure = failed(kind, failureOf(kind));
    const all = Object.fromEntries(SOURCE_NAMES.map((source) => [source, failure]));
    const { connection } = healthySnapshot().sources;
    const snapshots = [{ connection: failure }, { ...all, connection }].map((sources) => healthySnapshot({ sources }));

    expect(snapshots.flatMap((snapshot) => bannedIn(shownOf(snapshot)))).toEqual([]);
  });

  it('is what is said of snapshots that hold anything', () => {
    const texts = fc.sample(anySnapshot, { seed: 7, numRuns: 60 }).map(shownOf);

    expect(texts.flatMap(bannedIn)).toEqual([]);
  });

  it('is what is said of each outcome of a purge, a restore and a list of backups', () => {
    expect([...new Set(OUTCOMES.map(operationText).flatMap(bannedIn))]).toEqual([]);
  });

  it.each(COMMANDS)('is what the help of %s is in', (file) => {
    const help = outputOf(file, '--help');

    expect(help).toContain('--help');
    expect(bannedIn(help)).toEqual([]);
  });

  it('is what errors of the configuration, of variables and of events are in', () => {
    const commands = [outputOf('cli/audit.ts', '--no-such-flag'), outputOf('cli/database-setup.ts', '--purge', 'yes')];
    const errors = [configErrors(), functionErrors(), ...commands];

    expect(errors.join('\n').split('\n').length).toBeGreaterThan(500);
    expect([...new Set(errors.flatMap(bannedIn))]).toEqual([]);
  });

  it('is what the setup script, the stack and the fields of the configuration are in', () => {
    const texts = [
      databaseSetupSql({ role: 'litellm_auditor', purge: 'automatic' }),
      readFileSync('auditor.config.schema.json', 'utf8'),
      ...(['instance', 'cluster', 'shared', 'anywhere'] as const).map((label) => JSON.stringify(findTemplate(label))),
    ];

    expect(texts.flatMap(bannedIn)).toEqual([]);
  });

  it.each(PAGES)('is what %s is in', (file) => {
    expect(bannedIn(readFileSync(file, 'utf8'))).toEqual([]);
  });

  it('is what the checks are called in', () => {
    expect(CHECKS.flatMap(({ title }) => bannedIn(title))).toEqual([]);
  });

  it('has something to look at', () => {
    expect([CASES.length > 20, PAGES.length > 20, COMMANDS.length > 4]).toEqual([true, true, true]);
  });

  it.each([
    'Mend it.',
    'a log-in\nby IAM',
    'The set-up script',
    'Do first: restart',
    'it rests\non two findings',
    'How sure: high',
    'one worker a pod',
    'by 2.6 an hour',
    'An audit tells when',
  ])('is not %j', (text) => {
    expect(bannedIn(text)).toHaveLength(1);
  });

  it.each([
    'Set up the database, then log in.',
    'Do first what it says: then look.',
    'amendment',
    'the login of a client',
    'no-log-in-here',
    'about an hour',
  ])('is %j', (text) => {
    expect(bannedIn(text)).toEqual([]);
  });
});
