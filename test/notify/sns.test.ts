import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { publish } from '../../lambda/notify/sns.ts';
import { messageOf } from '../../lambda/report/message.ts';
import type { RenderableReport } from '../../lambda/report/report.ts';
import type { Settings } from '../../lambda/settings/settings.ts';
import manifest from '../../package.json' with { type: 'json' };
import type { AwsEndpoints } from '../../sandbox/aws/endpoints.ts';
import { findingOf, hostile, mixed, reportOf } from '../report/fixtures.ts';
import { CALLER, startForTest, TOPIC } from '../sandbox/aws/helpers.ts';

const SETTINGS = { notifyFrom: 'warning', topicArn: TOPIC, awsTimeoutMs: 5000 } as const;

function publishReport(report: RenderableReport, settings: Pick<Settings, 'notifyFrom' | 'topicArn' | 'awsTimeoutMs'>) {
  return publish(() => messageOf(report), settings);
}

describe('a report that is published', () => {
  let endpoints: AwsEndpoints;
  beforeAll(async () => {
    const subscriptions = (['email', 'https', 'sqs', 'sms'] as const).map((protocol) => ({
      protocol,
      endpoint: protocol,
    }));
    endpoints = await startForTest({ topics: [{ arn: TOPIC, subscriptions }] });
  });
  afterAll(() => endpoints.stop());
  beforeEach(() => {
    const { accessKeyId, secretAccessKey, sessionToken } = CALLER.credentials;
    const environment = {
      ...endpoints.environment,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  });
  afterEach(() => {
    endpoints.sns.faults.inject(undefined);
    vi.unstubAllEnvs();
  });

  it('gives each subscriber its own form when it publishes', async () => {
    const notification = await publishReport(mixed, SETTINGS);

    const published = endpoints.sns.published.at(-1);
    const bodies = Object.fromEntries(published?.deliveries.map(({ protocol, body }) => [protocol, body]) ?? []);
    expect(notification).toEqual({ status: 'published', messageId: published?.messageId, findingsLeftOut: 0 });
    expect(published?.deliveries[0]?.subject).toMatch(/^CRITICAL litellm prod: 55 of 57 usable/);
    expect(bodies.email).toMatch(/^CRITICAL: LiteLLM database prod\./);
    expect(JSON.parse(bodies.https ?? '')).toMatchObject({ version: '1.0', source: 'custom' });
    expect(JSON.parse(bodies.sqs ?? '')).toMatchObject({ schemaVersion: 2, database: 'prod' });
    expect(bodies.sms).toMatch(/^CRITICAL litellm prod: /);
    expect(published?.message.attributes).toEqual(
      new Map([
        ['severity', 'critical'],
        ['database', 'prod'],
        ['kind', 'audit'],
      ]),
    );
  });

  it('publishes when names are hostile, and when the report is larger than a message', async () => {
    const large = Array.from({ length: 60 }, (_, index) =>
      findingOf({ checkId: 'transport-security', status: 'warning', summary: `${index} ${'鍵'.repeat(3000)}` }),
    );

    const notifications = [await publishReport(hostile, SETTINGS), await publishReport(reportOf(large), SETTINGS)];

    expect(notifications).toEqual([
      { status: 'published', messageId: expect.any(String), findingsLeftOut: 0 },
      { status: 'published', messageId: expect.any(String), findingsLeftOut: expect.any(Number) },
    ]);
    expect(notifications[1]).not.toMatchObject({ findingsLeftOut: 0 });
  });

  it.each([
    ['there is no topic', mixed, { topicArn: undefined }, 'No topic is configured.'],
    ['notifyFrom is never', mixed, { notifyFrom: 'never' }, 'notifyFrom is never.'],
  ] as const)('sends nothing when %s', async (_, report, settings, reason) => {
    const requests = endpoints.sns.requestCount();

    const notification = await publishReport(report, { ...SETTINGS, ...settings });

    expect(notification).toEqual({ status: 'skipped', reason });
    expect(endpoints.sns.requestCount()).toBe(requests);
  });

  it('tries again when SNS throttles once', async () => {
    endpoints.sns.faults.inject({ kind: 'throttle' }, 1);

    expect(await publishReport(mixed, SETTINGS)).toMatchObject({ status: 'published' });
  });

  it.each([
    ['AuthorizationError', `(AuthorizationError). Allow the function's role sns:Publish on ${TOPIC};`],
    ['AccessDenied', `(AccessDenied). Allow the function's role sns:Publish on ${TOPIC};`],
    ['KMSAccessDenied', '(KMSAccessDenied). The topic is encrypted'],
    ['InvalidParameter', `(InvalidParameter). SNS rejects the message or its topic ${TOPIC} as malformed`],
    ['KMSDisabled', "(KMSDisabled). The topic's key cannot be used"],
    ['ExpiredToken', '(ExpiredToken). The AWS credentials are missing, expired or refused'],
    ['SomethingNew', "(SomethingNew). The function's log and AWS CloudTrail have the details."],
  ])('says what fixes it and repeats nothing of the answer when SNS refuses with %s', async (code, sentence) => {
    endpoints.sns.faults.inject({ kind: 'refuse', code, message: 'SECRET of the answer' });

    const notification = await publishReport(mixed, SETTINGS);

    expect(notification).toEqual({ status: 'failed', error: expect.stringContaining(sentence) });
    expect(JSON.stringify(notification)).not.toContain('SECRET');
  });

  it('names the topic when there is none', async () => {
    const topicArn = `${TOPIC}-gone`;

    const notification = await publishReport(mixed, { ...SETTINGS, topicArn });

    expect(notification).toMatchObject({
      status: 'failed',
      error: expect.stringContaining(`(NotFound). There is no topic ${topicArn}`),
    });
  });

  it('gives up at its deadline and names the network when SNS is silent', async () => {
    endpoints.sns.faults.inject({ kind: 'silent' });

    const notification = await publishReport(mixed, { ...SETTINGS, awsTimeoutMs: 300 });

    expect(notification).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(
        /^SNS did not answer within 300 ms \(Timeout\)\. .*NAT or an interface endpoint for sns/,
      ),
    });
  });

  it('names the network when nobody listens or the connection is reset', async () => {
    endpoints.sns.faults.inject({ kind: 'reset' });
    const reset = await publishReport(mixed, SETTINGS);
    vi.stubEnv('AWS_ENDPOINT_URL_SNS', 'http://127.0.0.1:1');
    const refused = await publishReport(mixed, SETTINGS);

    expect(reset).toMatchObject({ error: expect.stringMatching(/\(ECONNRESET\)\. SNS is out of reach/) });
    expect(refused).toMatchObject({ error: expect.stringMatching(/\(ECONNREFUSED\)\. SNS is out of reach/) });
  });

  it('fails when the answer is none', async () => {
    endpoints.sns.faults.inject({ kind: 'garbage' });

    expect(await publishReport(mixed, SETTINGS)).toMatchObject({ status: 'failed' });
  });
});

describe('publish', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('fails, and logs the place in the code, when the message cannot be composed', async () => {
    const written: string[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => written.push(String(chunk)) > 0);

    const notification = await publish(() => {
      throw new RangeError('SECRET of the database');
    }, SETTINGS);

    expect(notification).toMatchObject({ status: 'failed', error: expect.stringContaining(manifest.bugs.url) });
    expect(written).toHaveLength(1);
    expect(JSON.parse(written[0] ?? '')).toMatchObject({
      part: 'message',
      error: 'RangeError',
      frames: expect.arrayContaining([expect.stringContaining('sns.test.ts')]),
    });
    expect(JSON.stringify([notification, written])).not.toContain('SECRET');
  });
});
