import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../lambda/report/report.ts';
import { sandboxConfig } from '../../sandbox/config.ts';
import { DATABASE_NAME } from '../../sandbox/database/cluster.ts';
import type { LambdaPlace } from '../../sandbox/lambda/function.ts';
import { LambdaRuntime } from '../../sandbox/lambda/runtime.ts';
import type { WireFault } from '../../sandbox/wire/fault.ts';
import type { FaultProxy } from '../../sandbox/wire/fault-proxy.ts';
import { authentication, headOf, message, negativeCount, row, unterminated } from '../../sandbox/wire/messages.ts';
import { configured, sharedFunction } from '../shared-function.ts';
import { ALL_FAULTS, type FaultWorld, startFaultWorld } from './world.ts';

/** What ended the process, kept it busy for ever or filled its memory: node-postgres takes each for granted. */
const DEADLY: readonly (readonly [string, WireFault])[] = [
  ['Kerberos 5 is asked for', instead('startup', 0, authentication(2))],
  ['crypt is asked for', instead('startup', 0, authentication(4))],
  ['GSSAPI is asked for', instead('startup', 0, authentication(7))],
  ['SSPI is asked for', instead('startup', 0, authentication(9))],
  ['an unknown authentication is asked for', instead('startup', 0, authentication(99))],
  ['an authentication says nothing', instead('startup', 0, message('R'))],
  ['an error of the login never ends', instead('startup', 0, unterminated('E'))],
  ['a notice never ends', instead('parameters', 1, unterminated('N'))],
  ['a row has -2 columns', instead('statement-1', 3, negativeCount('D'))],
  ['a value is longer than its message', instead('statement-1', 3, row('{}', 600 * 1024 * 1024))],
  ['a value of 600 MB is announced', instead('statement-1', 3, headOf('D', 600 * 1024 * 1024))],
  [
    'an endless answer comes',
    {
      phase: 'statement-2',
      from: 'server',
      message: 3,
      action: { kind: 'flood', by: Buffer.concat([headOf('D', 900 * 1024 * 1024), Buffer.alloc(65_536)]) },
    },
  ],
];

function instead(phase: WireFault['phase'], index: number, by: Buffer): WireFault {
  return { phase, from: 'server', message: index, action: { kind: 'replace', by, next: 'silence' } };
}

let world: FaultWorld;
let proxy: FaultProxy;
beforeAll(async () => {
  world = await startFaultWorld();
  proxy = await world.proxy();
});
afterAll(async () => {
  await proxy?.stop();
  await world?.stop();
});
afterEach(() => proxy.inject(undefined));

describe('the shell', () => {
  async function run(flags: readonly string[], password = world.secret) {
    const { databaseName, user } = world.settings.target;
    const url = `postgres://${user}@localhost:${proxy.port}/${databaseName}`;
    const limits = ['connectTimeoutMs=2000', 'statementTimeoutMs=500'].flatMap((limit) => ['--set', limit]);
    const child = spawn(
      process.execPath,
      ['cli/audit.ts', '--url', url, ...limits, '--litellm-version', '1.108.13', ...flags],
      {
        env: { ...process.env, PGPASSWORD: password },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const [stdout, stderr, status] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((resolve) => child.once('close', resolve)),
    ]);
    return { stdout, stderr, status };
  }

  // A process each takes its time.
  const some = ALL_FAULTS ? DEADLY : DEADLY.filter((_deadly, index) => index % 3 === 2);
  it.each(some)('reports, with an exit status of its own, when %s', async (_when, fault) => {
    proxy.inject(fault);

    const { stdout, stderr, status } = await run(['--ca-file', world.caFile]);

    expect(stderr).toBe('');
    expect([2, 3]).toContain(status);
    expect(stdout).toContain('database-reachable');
    expect(stdout).not.toContain(world.secret);
  });

  it('exits with 3 and names --ca-file first when it does not know the CA', async () => {
    const { stdout, stderr, status } = await run(['--json']);

    expect({ stderr, status }).toEqual({ stderr: '', status: 3 });
    const report: Report = JSON.parse(stdout);
    expect(report.diagnosis.causes.map(({ id }) => id)).toEqual(['auditor-cannot-look']);
    expect(report.diagnosis.causes[0]?.first.text).toContain('--ca-file');
  });

  it('says that the server asks for a password when none was given', async () => {
    const { stdout, stderr, status } = await run(['--ca-file', world.caFile], '');

    expect({ stderr, status }).toEqual({ stderr: '', status: 3 });
    expect(stdout).toContain('none was given');
  });
});

describe('the bundle, run as Lambda runs it', () => {
  let runtime: LambdaRuntime;
  beforeAll(async () => {
    const config = sandboxConfig(
      {
        host: 'localhost',
        port: proxy.port,
        databaseName: DATABASE_NAME,
        auditorUser: world.iamUser,
        caFile: world.caFile,
        region: 'eu-central-1',
      },
      {
        connectTimeoutMs: 2000,
        statementTimeoutMs: 500,
        lockTimeoutMs: 100,
        awsTimeoutMs: 300,
        litellmVersion: '1.108.13',
        notifyFrom: 'never',
      },
    );
    const place: LambdaPlace = {
      region: 'eu-central-1',
      credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'made up' },
      // Nobody listens: its calls to AWS fail at once.
      environment: { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
    };
    runtime = await LambdaRuntime.start(configured(await sharedFunction(), config), place);
  });
  afterAll(() => runtime?.stop());

  it.each(DEADLY)('answers with a report, and goes on, when %s', async (_when, fault) => {
    // A member of rds_iam is let in at once, where the others are asked for their passwords.
    proxy.inject(fault.phase === 'startup' ? { ...fault, phase: 'parameters' } : fault);

    const invocation = await runtime.invoke({ action: 'audit' });

    if (invocation.status !== 'ok') throw new Error(JSON.stringify(invocation));
    expect(proxy.wasMet()).toBe(true);
    // What the bundle returns is a Report by its own types.
    const { findings } = invocation.result as Report;
    const reachable = findings.find(({ checkId }) => checkId === 'database-reachable');
    expect(['critical', 'unknown']).toContain(reachable?.status);
  });
});
