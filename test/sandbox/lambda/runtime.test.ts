import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { LambdaFunction } from '../../../sandbox/lambda/function.ts';
import { LambdaRuntime } from '../../../sandbox/lambda/runtime.ts';

const PLACE = {
  region: 'eu-central-1',
  credentials: { accessKeyId: 'ASIASANDBOX', secretAccessKey: 'secret', sessionToken: 'session' },
  environment: { AWS_ENDPOINT_URL_SNS: 'http://127.0.0.1:9' },
};

describe('LambdaRuntime', () => {
  const cleanUps: (() => void | Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  async function start(source: string, options: Partial<LambdaFunction> = {}) {
    const taskRoot = mkdtempSync(join(tmpdir(), 'auditor-runtime-test-'));
    cleanUps.push(() => rmSync(taskRoot, { recursive: true }));
    writeFileSync(join(taskRoot, 'index.mjs'), source);
    const runtime = await LambdaRuntime.start(
      {
        name: 'auditor',
        taskRoot,
        handler: 'index.handler',
        timeoutSeconds: 10,
        memoryMb: 256,
        environment: {},
        ...options,
      },
      PLACE,
    );
    cleanUps.push(() => runtime.stop());
    return { runtime, taskRoot };
  }

  it('passes event and context, and returns the result as JSON, when the handler succeeds', async () => {
    const { runtime } = await start(`export const handler = async (event, context) => ({
      event, lost: undefined, date: new Date(0), remaining: context.getRemainingTimeInMillis(), context });`);

    const invocation = await runtime.invoke({ action: 'audit' });

    expect(invocation).toMatchObject({
      status: 'ok',
      result: {
        event: { action: 'audit' },
        date: '1970-01-01T00:00:00.000Z',
        context: {
          awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:auditor',
          functionName: 'auditor',
          functionVersion: '$LATEST',
          memoryLimitInMB: '256',
        },
      },
    });
    expect(invocation).not.toHaveProperty('result.lost');
    expect(invocation).toHaveProperty(
      'result.remaining',
      expect.toSatisfy((ms) => ms > 0 && ms <= 10_000),
    );
    expect(invocation.initMs).toBeGreaterThan(0);
    expect(invocation.peakMemoryBytes).toBeGreaterThan(20_000_000);
  });

  it("passes Lambda's variables and the function's, and none of ours, when the process starts", async () => {
    const { runtime, taskRoot } = await start(
      `export const handler = async () => ({ env: process.env, cwd: process.cwd(), flags: process.execArgv });`,
      { environment: { AUDITOR_HOST: 'db', AWS_REGION: 'us-east-1', TZ: 'Europe/Berlin' } },
    );
    process.env.SHELL_ONLY = 'yes';

    const invocation = await runtime.invoke({});
    delete process.env.SHELL_ONLY;

    expect(invocation).toMatchObject({
      result: {
        env: {
          AUDITOR_HOST: 'db',
          TZ: 'Europe/Berlin',
          AWS_REGION: 'eu-central-1',
          AWS_ACCESS_KEY_ID: 'ASIASANDBOX',
          AWS_SESSION_TOKEN: 'session',
          AWS_ENDPOINT_URL_SNS: 'http://127.0.0.1:9',
          AWS_LAMBDA_FUNCTION_NAME: 'auditor',
          LAMBDA_TASK_ROOT: taskRoot,
          _HANDLER: 'index.handler',
        },
        cwd: taskRoot,
        flags: ['--max-semi-space-size=12', '--max-old-space-size=231'],
      },
    });
    expect(invocation).not.toHaveProperty('result.env.SHELL_ONLY');
  });

  it('keeps the process warm, and separates the logs, when it is invoked twice', async () => {
    const { runtime } = await start(`let count = 0; console.log('init');
      export const handler = async ({ name }) => { console.log('out', name); console.error('err', name); return ++count; };`);

    const first = await runtime.invoke({ name: 'a' });
    const second = await runtime.invoke({ name: 'b' });

    expect(first).toMatchObject({ result: 1, stdout: 'init\nout a\n', stderr: 'err a\n' });
    expect(second).toMatchObject({ result: 2, stdout: 'out b\n', stderr: 'err b\n', initMs: undefined });
  });

  it('returns the whole log when it has many megabytes', async () => {
    const { runtime } = await start(`export const handler = async () => { process.stdout.write('ä'.repeat(4e6)); };`);

    const invocation = await runtime.invoke({});

    expect(invocation.stdout.length).toBe(4_000_000);
    expect(invocation).toMatchObject({ status: 'ok', result: null });
  });

  it('reports a function error, and stays warm, when the handler throws', async () => {
    const { runtime } = await start(`let count = 0; export const handler = async () => {
      if (count++ === 0) throw new RangeError('out of range'); return 'fine'; };`);

    const failed = await runtime.invoke({});
    const next = await runtime.invoke({});

    expect(failed).toMatchObject({
      status: 'function-error',
      error: {
        errorType: 'RangeError',
        errorMessage: 'out of range',
        trace: expect.arrayContaining([expect.stringContaining('index.mjs')]),
      },
    });
    expect(next).toMatchObject({ status: 'ok', result: 'fine', initMs: undefined });
  });

  it('kills the process at the timeout, and starts a new one when it is invoked again', async () => {
    const { runtime } = await start(
      `export const handler = async ({ hang }) => { console.log('begun'); while (hang); return 'fine'; };`,
      { timeoutSeconds: 1.5 },
    );

    const hung = await runtime.invoke({ hang: true });
    const next = await runtime.invoke({});

    expect(hung).toMatchObject({
      status: 'timed-out',
      message: 'Task timed out after 1.50 seconds',
      stdout: 'begun\n',
    });
    expect(next).toMatchObject({ status: 'ok', result: 'fine' });
    expect(next.initMs).toBeGreaterThan(0);
  });

  it('reports the exit status of a process that crashed, and starts a new one when it is invoked again', async () => {
    const { runtime } = await start(
      `export const handler = async ({ die }) => { console.error('dying'); if (die) process.exit(7); return 'fine'; };`,
    );

    const crashed = await runtime.invoke({ die: true });
    const next = await runtime.invoke({});

    expect(crashed).toMatchObject({
      status: 'crashed',
      message: "The function's process ended with exit status 7.",
      stderr: 'dying\n',
    });
    expect(next).toMatchObject({ status: 'ok', result: 'fine' });
  });

  it('reports a crash when the process exceeds its memory', async () => {
    const { runtime } = await start(
      'export const handler = async () => { const all = []; while (true) all.push(new Array(1e5).fill(Math.random())); };',
      { memoryMb: 128 },
    );

    const invocation = await runtime.invoke({});

    expect(invocation).toMatchObject({ status: 'crashed', stderr: expect.stringContaining('heap out of memory') });
  });

  it.each([
    ['is missing', 'export const other = 1;', 'Runtime.HandlerNotFound'],
    [
      'takes a callback',
      'export const handler = (event, context, callback) => callback();',
      'Runtime.CallbackHandlerDeprecated',
    ],
    ['throws while it is loaded', 'throw new TypeError("bad import");', 'TypeError'],
  ])('reports a function error when the handler %s', async (_, source, errorType) => {
    const { runtime } = await start(source);

    const invocation = await runtime.invoke({});

    expect(invocation).toMatchObject({ status: 'function-error', error: { errorType } });
  });

  it('reports a function error when there is no bundle', async () => {
    const { runtime } = await start('', { handler: 'other.handler' });

    const invocation = await runtime.invoke({});

    expect(invocation).toMatchObject({ status: 'function-error', error: { errorType: 'Runtime.ImportModuleError' } });
  });

  it('rejects an invocation when another one is running', async () => {
    const { runtime } = await start(`export const handler = async () => 'fine';`);

    const first = runtime.invoke({});
    const second = runtime.invoke({});

    await expect(second).rejects.toThrow('Another invocation is running');
    expect(await first).toMatchObject({ status: 'ok' });
  });

  it('leaves no process when it is stopped in the middle of an invocation', async () => {
    const { runtime } = await start(`export const handler = () => new Promise(() => setInterval(() => {}, 1000));`);
    const running = runtime.invoke({});
    const warmedUp = await start(`export const handler = async () => process.pid;`);
    const { result: pid } = { result: 0, ...(await warmedUp.runtime.invoke({})) };

    await runtime.stop();
    await warmedUp.runtime.stop();

    expect(await running).toMatchObject({ status: 'crashed' });
    expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
  });
});
