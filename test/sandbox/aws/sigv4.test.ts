import { Signer } from '@aws-sdk/rds-signer';
import { describe, expect, it } from 'vitest';
import { isSignature, parseCredential, parseTimestamp, type SignedRequest } from '../../../sandbox/aws/sigv4.ts';

/** As in AWS's published "Signature Version 4 test suite". */
const SUITE = {
  scope: { region: 'us-east-1', service: 'service' },
  timestamp: '20150830T123600Z',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
};

function isSuiteSignature(signature: string, request: Omit<SignedRequest, 'method'>): boolean {
  return isSignature(signature, { method: 'GET', ...request }, SUITE.scope, SUITE.timestamp, SUITE.credentials);
}

describe('isSignature', () => {
  const vanilla = '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31';
  const headers = { host: 'example.amazonaws.com', 'x-amz-date': SUITE.timestamp };

  it('accepts the published signature when the query is in another order (get-vanilla-query-order-key-case)', () => {
    const published = 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500';

    expect(isSuiteSignature(published, { path: '/?Param2=value2&Param1=value1', headers })).toBe(true);
  });

  it('accepts the published signature when a header has runs of spaces (get-header-value-trim)', () => {
    const published = 'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736';
    const spaced = { ...headers, 'my-header1': ' value1', 'my-header2': ' "a   b   c"' };

    expect(isSuiteSignature(published, { path: '/', headers: spaced })).toBe(true);
  });

  it('accepts the published signature when nothing is odd (get-vanilla), and no other', () => {
    expect(isSuiteSignature(vanilla, { path: '/', headers })).toBe(true);
    expect(isSuiteSignature(vanilla.replace('5', '6'), { path: '/', headers })).toBe(false);
    expect(isSuiteSignature('', { path: '/', headers })).toBe(false);
    expect(isSuiteSignature(vanilla, { path: '/', headers, body: Buffer.from('added') })).toBe(false);
  });

  it('accepts the signature of a token when the RDS signer of the SDK made it', async () => {
    const credentials = { accessKeyId: 'ASIASANDBOX', secretAccessKey: 'secret', sessionToken: "a/b+c=!'()* ü" };
    const signer = new Signer({
      hostname: 'db.local',
      port: 5432,
      username: 'a b',
      region: 'eu-central-1',
      credentials,
    });
    const { searchParams } = new URL(`https://${await signer.getAuthToken()}`);
    const [signature = '', timestamp = ''] = ['X-Amz-Signature', 'X-Amz-Date'].map(
      (name) => searchParams.get(name) ?? '',
    );
    searchParams.delete('X-Amz-Signature');
    const token = { method: 'GET', path: `/?${searchParams}`, headers: { host: 'db.local:5432' }, presigned: true };
    const scope = { region: 'eu-central-1', service: 'rds-db' };

    expect(isSignature(signature, token, scope, timestamp, credentials)).toBe(true);
    expect(
      isSignature(signature, { ...token, headers: { host: 'db.local:5433' } }, scope, timestamp, credentials),
    ).toBe(false);
  });
});

describe('parseCredential', () => {
  it('returns key id and scope when the form is right', () => {
    expect(parseCredential('AKID/20261122/eu-central-1/sns/aws4_request')).toEqual({
      accessKeyId: 'AKID',
      scope: { date: '20261122', region: 'eu-central-1', service: 'sns' },
    });
  });

  it.each([
    '',
    'AKID',
    'AKID/20261122/eu-central-1/sns',
    'AKID/2026112/eu-central-1/sns/aws4_request',
    'AKID/20261122//sns/aws4_request',
    'AKID/20261122/eu-central-1/sns/aws4_request/more',
  ])('returns nothing when it is given %j', (credential) => {
    expect(parseCredential(credential)).toBeUndefined();
  });
});

describe('parseTimestamp', () => {
  it('reads UTC when the form is the compact one', () => {
    expect(parseTimestamp('20261122T113005Z')).toBe(Date.UTC(2026, 10, 22, 11, 30, 5));
  });

  it.each(['', '2026-11-22T11:30:05Z', '20261322T113005Z', '20261122T113005'])(
    'returns nothing when it is given %j',
    (text) => {
      expect(parseTimestamp(text)).toBeUndefined();
    },
  );
});
