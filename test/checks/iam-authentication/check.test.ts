import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CloudWatchSource, ConnectionSource, Sources } from '../../../lambda/snapshot/snapshot.ts';
import { cloudwatch, failed, findingsOf, healthySnapshot, seen, sessionGroup, sessions } from '../../snapshots.ts';

type Iam = CloudWatchSource['iam'];

function evaluateWith(iam: Iam, sources: Partial<Sources> = {}) {
  const snapshot = healthySnapshot({ sources: { cloudwatch: seen(cloudwatch({ iam })), ...sources } });
  return findingsOf('iam-authentication', snapshot);
}

const BY_PASSWORD: ConnectionSource = {
  host: 'db.example',
  port: 5432,
  user: 'litellm',
  databaseName: 'litellm',
  authentication: 'password',
  tls: true,
};

describe('iam-authentication', () => {
  it.each([
    [10, 0, 'ok', 'high'],
    [null, 0, 'ok', 'high'],
    [12500, 4, 'info', 'high'],
    [100, 4, 'info', 'high'],
    [100, 5, 'warning', 'high'],
    [100, 49, 'warning', 'high'],
    [100, 50, 'critical', 'high'],
    [0, 3, 'critical', 'high'],
    [null, 3, 'warning', 'medium'],
  ])('rates of %s logins %i failed ones as %s with %s confidence', (requests, count, status, confidence) => {
    const findings = evaluateWith({ requests, failures: [{ cause: 'invalid-token', count }] });

    expect(findings).toMatchObject([{ kind: 'incident', status, confidence }]);
  });

  it('names the causes, most frequent first, each with its advice, and none that did not happen', () => {
    const [finding] = evaluateWith({
      requests: 500,
      failures: [
        { cause: 'invalid-token', count: 4 },
        { cause: 'insufficient-permissions', count: 0 },
        { cause: 'throttling', count: 30 },
        { cause: 'server-error', count: 1 },
      ],
    });

    expect(finding?.summary).toBe(
      '35 logins of 500 with an IAM token failed in the last hour: 30 throttled, 4 invalid token and 1 server error.',
    );
    expect(finding?.advice).toMatchObject([
      { text: expect.stringContaining('Throttled') },
      { text: expect.stringContaining('Invalid token') },
      { text: expect.stringContaining('Server error') },
    ]);
  });

  it.each([
    ['insufficient-permissions', 'rds-db:connect'],
    ['other', 'PAM authentication failed'],
  ] as const)('advises on %s', (cause, words) => {
    const [finding] = evaluateWith({ requests: 500, failures: [{ cause, count: 50 }] });

    expect(finding?.advice[0]?.text).toContain(words);
  });

  it('is unknown when the auditor logs in by IAM and there are no metrics of it', () => {
    const findings = evaluateWith(null, { sessions: failed('timeout') });

    expect(findings).toMatchObject([
      { status: 'unknown', advice: [{ command: expect.stringContaining('IamDbAuthConnectionRequests') }] },
    ]);
  });

  it('is unknown when LiteLLM logs in by IAM and there are no metrics of it', () => {
    const findings = evaluateWith(null, { connection: seen(BY_PASSWORD) });

    expect(findings).toMatchObject([{ status: 'unknown', evidence: { iamLogin: 'yes: litellm' } }]);
  });

  it('informs when nobody logs in by IAM', () => {
    const groups = [sessionGroup({ iam: false })];

    const findings = evaluateWith(null, { connection: seen(BY_PASSWORD), sessions: seen(sessions({ groups })) });

    expect(findings).toMatchObject([{ status: 'info', advice: [] }]);
  });

  it('is unknown when CloudWatch could not be read', () => {
    const findings = evaluateWith(null, { cloudwatch: failed('throttled') });

    expect(findings).toMatchObject([{ status: 'unknown' }]);
  });

  it('never throws, for any counts', () => {
    const failure = fc.record({
      cause: fc.constantFrom('invalid-token' as const, 'throttling' as const, 'other' as const),
      count: fc.nat(),
    });

    fc.assert(
      fc.property(fc.option(fc.nat()), fc.array(failure), (requests, failures) => {
        const [finding] = evaluateWith({ requests, failures });

        expect(finding?.summary).not.toMatch(/bug in the auditor|\b(NaN|undefined)\b/);
        expect(finding?.status === 'ok').toBe(failures.every(({ count }) => count === 0));
      }),
    );
  });
});
