import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { INSTANCE } from '../infra/configs.ts';

const PURGE_GRANT = 'GRANT EXECUTE ON FUNCTION "litellm_auditor".purge_router_settings';

// A folder of its own, so that no auditor.config.json of the one who runs the tests is found.
const folder = mkdtempSync(join(tmpdir(), 'auditor-'));
afterAll(() => rmSync(folder, { recursive: true }));
const config = join(folder, 'two.json');
writeFileSync(
  config,
  JSON.stringify({ defaults: INSTANCE, databases: { prod: { user: 'prod_auditor' }, test: { databaseName: 'test' } } }),
);

function run(...flags: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve('cli/database-setup.ts'), ...flags], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('database-setup', () => {
  it.each([
    [[], false],
    [['--purge', 'disabled'], false],
    [['--purge', 'manual'], true],
  ])('lets the role purge only when --purge allows it: %j', (flags, allowed) => {
    const { status, stdout } = run(...flags);

    expect(status).toBe(0);
    expect(stdout.includes(PURGE_GRANT)).toBe(allowed);
  });

  it('takes the role from the configuration and prefers --purge when both are given', () => {
    const { stdout } = run('--config', config, '--database', 'prod', '--purge', 'automatic');

    expect(stdout).toContain(PURGE_GRANT);
    expect(stdout).toContain('prod_auditor');
  });

  it('has the schemas of the flags, which win over the configuration, and adopts a role only when it is told to', () => {
    const plain = run('--config', config, '--database', 'prod').stdout;
    const { stdout } = run(
      '--config',
      config,
      '--database',
      'prod',
      '--schema',
      's',
      '--auditor-schema',
      'a',
      '--adopt',
    );

    expect(stdout).toContain("auditor_schema CONSTANT pg_catalog.name := 'a';");
    expect(stdout).toContain("litellm_schema pg_catalog.name := 's';");
    expect([plain, stdout].map((text) => /is_marked AND NOT (true|false)/.exec(text)?.[1])).toEqual(['false', 'true']);
  });

  it('prints its help when --help is given', () => {
    const help = run('--help');

    expect(help).toMatchObject({ status: 0, stderr: '' });
    expect(help.stdout).toMatch(/--config FILE.*--database LABEL.*--purge MODE.*Exit status/s);
  });

  it.each([
    ['an unknown mode', ['--purge', 'always'], '--purge is "always". Allowed: disabled, manual, automatic.\n'],
    [
      'a database without a configuration',
      ['--database', 'nope'],
      '--database requires a configuration, and there is no auditor.config.json. Give --config FILE too, or leave out --database.\n',
    ],
    [
      'a database that the configuration lacks',
      ['--config', config, '--database', 'nope'],
      '--database is "nope". Allowed: one of prod, test.\n',
    ],
    ['no database of several', ['--config', config], '--database is missing. Allowed: one of prod, test.\n'],
    [
      'a schema of somebody else',
      ['--auditor-schema', 'public'],
      expect.stringMatching(/^--auditor-schema is "public"\. Allowed: a name/),
    ],
  ])('prints a sentence alone, with status 3, when there is %s', (_name, flags, stderr) => {
    expect(run(...flags)).toEqual({ status: 3, stdout: '', stderr });
  });
});
