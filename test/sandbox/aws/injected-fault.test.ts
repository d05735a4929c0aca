import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeCertificatesCommand, RDSClient } from '@aws-sdk/client-rds';
import { SNSClient } from '@aws-sdk/client-sns';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AwsEndpoints } from '../../../sandbox/aws/endpoints.ts';
import { clientOptions, publishCommand, startForTest } from './helpers.ts';

describe('an injected fault', () => {
  let endpoints: AwsEndpoints;
  beforeEach(async () => {
    endpoints = await startForTest();
  });
  afterEach(() => endpoints.stop());

  function publish({ maxAttempts = 1, deadlineMs = 5000 } = {}) {
    const client = new SNSClient({ ...clientOptions(endpoints.sns), maxAttempts });
    const abortSignal = AbortSignal.timeout(deadlineMs);
    return client.send(publishCommand(), { abortSignal });
  }

  it('refuses with its own code when it is a refusal', async () => {
    endpoints.sns.faults.inject({ kind: 'refuse', code: 'AuthorizationError', message: 'not authorized to perform' });

    await expect(publish()).rejects.toMatchObject({
      name: 'AuthorizationErrorException',
      message: 'not authorized to perform',
      $metadata: { httpStatusCode: 403 },
    });
  });

  it('answers in the protocol of each service when it is throttling', async () => {
    for (const endpoint of [endpoints.sns, endpoints.rds, endpoints.cloudwatch])
      endpoint.faults.inject({ kind: 'throttle' });
    const rds = new RDSClient(clientOptions(endpoints.rds)).send(new DescribeCertificatesCommand());
    const cloudwatch = new CloudWatchClient(clientOptions(endpoints.cloudwatch)).send(
      new GetMetricDataCommand({ MetricDataQueries: [], StartTime: new Date(0), EndTime: new Date() }),
    );

    await expect(publish()).rejects.toMatchObject({ name: 'Throttling' });
    await expect(rds).rejects.toMatchObject({ name: 'Throttling' });
    await expect(cloudwatch).rejects.toMatchObject({ name: 'Throttling' });
  });

  it('ends, so that a retry succeeds, when it had its number of requests', async () => {
    endpoints.sns.faults.inject({ kind: 'throttle' }, 1);

    await publish({ maxAttempts: 3 });

    expect(endpoints.sns.requestCount()).toBe(2);
    expect(endpoints.sns.published).toHaveLength(1);
  });

  it('never answers, and the endpoint still stops, when it is silence', async () => {
    endpoints.sns.faults.inject({ kind: 'silent' });

    await expect(publish({ deadlineMs: 100 })).rejects.toMatchObject({ name: 'AbortError' });
    expect(endpoints.sns.published).toHaveLength(0);
  });

  it('answers what the client cannot parse when it is garbage', async () => {
    endpoints.rds.faults.inject({ kind: 'garbage' });

    const answer = new RDSClient(clientOptions(endpoints.rds)).send(new DescribeCertificatesCommand());

    await expect(answer).rejects.toThrow();
  });

  it('resets the connection when it is a reset', async () => {
    endpoints.sns.faults.inject({ kind: 'reset' });

    await expect(publish()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('answers correctly, later, when it is a delay', async () => {
    endpoints.sns.faults.inject({ kind: 'slow', delayMs: 30 });

    await publish();

    expect(endpoints.sns.published).toHaveLength(1);
  });

  it('ends when undefined is injected', async () => {
    endpoints.sns.faults.inject({ kind: 'silent' });
    endpoints.sns.faults.inject(undefined);

    await publish();

    expect(endpoints.sns.published).toHaveLength(1);
  });
});
