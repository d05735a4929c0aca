import { DescribeCertificatesCommand, RDSClient } from '@aws-sdk/client-rds';
import { SNSClient, type SNSClientConfig } from '@aws-sdk/client-sns';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AwsEndpoints } from '../../../sandbox/aws/endpoints.ts';
import { CALLER, clientOptions, publishCommand, startForTest } from './helpers.ts';

interface SignedRequest {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

function withHeader(request: SignedRequest, name: string, value: string): SignedRequest {
  return { ...request, headers: { ...request.headers, [name]: value } };
}

describe('a stand-in', () => {
  let endpoints: AwsEndpoints;
  beforeEach(async () => {
    endpoints = await startForTest();
  });
  afterEach(() => endpoints.stop());

  function publish(config: SNSClientConfig = {}) {
    const client = new SNSClient({ ...clientOptions(endpoints.sns), ...config });
    return client.send(publishCommand());
  }

  /** Sends what `change` makes of a request that the SDK has signed. */
  function publishChanged(change: (request: SignedRequest) => SignedRequest) {
    const client = new SNSClient(clientOptions(endpoints.sns));
    client.middlewareStack.add(
      (next) => (args) => {
        Object.assign(args.request as SignedRequest, change(args.request as SignedRequest));
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    return client.send(publishCommand());
  }

  it('takes a request when the SDK signed it with the known credentials', async () => {
    await publish();

    expect(endpoints.sns.published).toHaveLength(1);
  });

  it.each([
    ['another secret', { credentials: { ...CALLER.credentials, secretAccessKey: 'other' } }, 'SignatureDoesNotMatch'],
    ['another key id', { credentials: { ...CALLER.credentials, accessKeyId: 'AKIAOTHER' } }, 'InvalidClientTokenId'],
    ['another token', { credentials: { ...CALLER.credentials, sessionToken: 'x' } }, 'InvalidClientTokenId'],
    ['another region', { region: 'us-east-1' }, 'SignatureDoesNotMatch'],
    ['a clock six minutes ahead', { systemClockOffset: 360_000 }, 'SignatureDoesNotMatch'],
    ['a clock six minutes behind', { systemClockOffset: -360_000 }, 'SignatureDoesNotMatch'],
  ])('refuses a request when it was made with %s', async (_, config, code) => {
    const answer = publish(config);

    await expect(answer).rejects.toMatchObject({ name: code, $metadata: { httpStatusCode: 403 } });
    expect(endpoints.sns.published).toHaveLength(0);
  });

  it('refuses credentials when their session has expired', async () => {
    await endpoints.stop();
    endpoints = await startForTest({ expiresAt: new Date(Date.now() - 1000) });

    const answer = publish();

    await expect(answer).rejects.toMatchObject({ name: 'ExpiredToken' });
  });

  it.each([
    ['its body', (request: SignedRequest) => ({ ...request, body: request.body.replace('warning', 'nothing') })],
    ['its host', (request: SignedRequest) => withHeader(request, 'host', 'sns.us-east-1.amazonaws.com')],
    ['a signed header', (request: SignedRequest) => withHeader(request, 'amz-sdk-request', 'attempt=2; max=3')],
    ['the hash of its body', (request: SignedRequest) => withHeader(request, 'x-amz-content-sha256', '0'.repeat(64))],
  ])('refuses a request when %s was changed after signing', async (_, change) => {
    const answer = publishChanged(change);

    await expect(answer).rejects.toMatchObject({ name: 'SignatureDoesNotMatch', $metadata: { httpStatusCode: 403 } });
    expect(endpoints.sns.published).toHaveLength(0);
  });

  it('refuses a signature when it is for another service', async () => {
    const client = new RDSClient(clientOptions(endpoints.sns));

    const answer = client.send(new DescribeCertificatesCommand());

    await expect(answer).rejects.toThrow("Credential should be scoped to correct service: 'sns'.");
  });

  it.each([
    ['no signature', {}, 'MissingAuthenticationToken'],
    ['another algorithm', { authorization: 'Bearer x' }, 'IncompleteSignature'],
    ['half a signature', { authorization: 'AWS4-HMAC-SHA256 Credential=a/b' }, 'IncompleteSignature'],
    [
      'a credential without scope',
      { authorization: 'AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0' },
      'IncompleteSignature',
    ],
  ])('refuses a request when it has %s', async (_, headers, code) => {
    const answer = await fetch(endpoints.sns.url, { method: 'POST', headers, body: 'Action=Publish' });

    expect(await answer.text()).toContain(`<Code>${code}</Code>`);
  });

  it('refuses a request when an x-amz header is not signed', async () => {
    const answer = publishChanged((request) => withHeader(request, 'x-amz-extra', 'not signed'));

    await expect(answer).rejects.toThrow(/'x-amz-extra' must be a 'SignedHeader'/);
  });

  it.each(['/other', '/?', '/?=unsigned'])('refuses a request when its path is %s', async (path) => {
    const answer = await fetch(endpoints.sns.url + path, { method: 'POST', body: 'Action=Publish' });

    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('<Code>UnknownOperationException</Code>');
  });

  it('names the error in both ways when the caller speaks AWS JSON', async () => {
    const answer = await fetch(endpoints.cloudwatch.url, { method: 'POST', body: '{}' });

    expect(answer.headers.get('x-amzn-query-error')).toBe('MissingAuthenticationToken;Sender');
    expect(await answer.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
  });
});
