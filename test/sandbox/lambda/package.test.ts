import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settingsFromEnvironment } from '../../../lambda/settings/settings.ts';
import { LABEL, sandboxConfig } from '../../../sandbox/config.ts';
import type { LambdaFunction } from '../../../sandbox/lambda/function.ts';
import { packageFunction } from '../../../sandbox/lambda/package.ts';
import { LambdaRuntime } from '../../../sandbox/lambda/runtime.ts';

const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:audit';

describe('packageFunction', () => {
  const root = mkdtempSync(join(tmpdir(), 'auditor-package-test-'));
  const caFile = join(root, 'ca.pem');
  const place = {
    host: 'localhost',
    // Nothing listens on the discard port.
    port: 9,
    databaseName: 'litellm',
    auditorUser: 'litellm_auditor',
    caFile,
    region: 'eu-central-1',
  } as const;
  const config = () => sandboxConfig(place, { idleInTransactionWarningSeconds: 7, notifyFrom: 'never' });
  let lambda: LambdaFunction;
  beforeAll(async () => {
    writeFileSync(caFile, rootCertificates[0] ?? '');
    lambda = await packageFunction({ config: config(), label: LABEL, topicArn: TOPIC, folder: join(root, 'out') });
  }, 120_000);
  afterAll(() => rmSync(root, { recursive: true }));

  it('reads name, handler, limits and log format from the template when the stack is synthesized', () => {
    expect(lambda).toMatchObject({
      name: 'litellm-db-auditor-sandbox',
      handler: 'index.handler',
      timeoutSeconds: 60,
      memoryMb: 512,
      logging: { format: 'JSON', level: 'INFO' },
    });
  });

  it('reads the variables, with the ARN of the topic, when the stack has a topic of its own', () => {
    const settings = settingsFromEnvironment({ ...lambda.environment, AWS_REGION: 'eu-central-1' });

    expect(settings).toMatchObject({
      idleInTransactionWarningSeconds: 7,
      topicArn: TOPIC,
      target: {
        label: 'sandbox',
        host: 'localhost',
        port: 9,
        rds: { kind: 'instance', identifier: 'litellm-sandbox' },
      },
    });
  });

  it('has the certificates beside the bundle when the configuration has a CA file', () => {
    expect(readdirSync(lambda.taskRoot)).toEqual(expect.arrayContaining(['index.mjs', 'rds-ca.pem']));
    expect(readFileSync(join(lambda.taskRoot, 'rds-ca.pem'), 'utf8').trim()).toBe(readFileSync(caFile, 'utf8').trim());
  });

  it('runs when Lambda would run it', async () => {
    const runtime = await LambdaRuntime.start(lambda, {
      region: 'eu-central-1',
      credentials: { accessKeyId: 'ASIASANDBOX', secretAccessKey: 'secret', sessionToken: 'session' },
      environment: { AWS_ENDPOINT_URL_RDS: 'http://127.0.0.1:9' },
    });

    const audit = await runtime.invoke({});
    const refused = await runtime.invoke({ action: 'drop' });
    await runtime.stop();

    expect(audit).toMatchObject({ status: 'ok', result: { database: 'sandbox', status: 'critical' } });
    expect(refused).toMatchObject({ status: 'ok', result: { status: 'refused' } });
  }, 60_000);

  it('rejects with the name when there is no such database', async () => {
    const unknown = packageFunction({
      config: { databases: {} },
      label: 'other',
      topicArn: TOPIC,
      folder: join(root, 'none'),
    });

    await expect(unknown).rejects.toThrow('No stack has an audit function for the database other.');
  }, 60_000);
});
