import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CloudWatchSource, Sources } from '../../../lambda/snapshot/snapshot.ts';
import { cloudwatch, failed, findingsOf, healthySnapshot, seen, skipped } from '../../snapshots.ts';

function evaluateWith(lines: CloudWatchSource['proxyErrors'], sources: Partial<Sources> = {}) {
  const snapshot = healthySnapshot({
    sources: { cloudwatch: seen(cloudwatch({ proxyErrors: lines })), ...sources },
  });
  return findingsOf('proxy-errors', snapshot);
}

function lines(connectionAttemptsFailed: number, poolTimeouts: number) {
  return { connectionAttemptsFailed, poolTimeouts };
}

describe('proxy-errors', () => {
  it.each([
    [lines(0, 0), 'ok'],
    [lines(1, 0), 'warning'],
    [lines(0, 1), 'warning'],
    [lines(19, 19), 'warning'],
    [lines(20, 0), 'critical'],
    [lines(0, 20), 'critical'],
  ])('rates %o as %s', (counts, status) => {
    const findings = evaluateWith(counts);

    expect(findings).toMatchObject([{ kind: 'incident', status }]);
  });

  it('puts the slots of PostgreSQL beside the lines and does not equate them', () => {
    const [finding] = evaluateWith(lines(7, 1));

    expect(finding?.summary).toBe(
      'The proxy logged 7 lines "All connection attempts failed" and 1 line "Timed out fetching a new connection" in the last hour; in PostgreSQL 20 of 55 usable slots are used now.',
    );
    expect(finding?.advice).toMatchObject([
      { text: expect.stringContaining('its own query-engine process') },
      { text: expect.stringContaining('PostgreSQL refused nothing') },
    ]);
  });

  it('gives only the advice that fits', () => {
    const [finding] = evaluateWith(lines(0, 3));

    expect(finding?.summary).not.toContain('All connection attempts');
    expect(finding?.advice).toMatchObject([{ text: expect.stringContaining('Timed out fetching a new connection') }]);
  });

  it('says so when the side of PostgreSQL could not be seen', () => {
    const [finding] = evaluateWith(lines(7, 0), { sessions: failed('slots-exhausted') });

    expect(finding?.summary).toContain("PostgreSQL's side could not be seen");
  });

  it('informs how to have it when no log group is configured', () => {
    const findings = evaluateWith(null);

    expect(findings).toMatchObject([
      { status: 'info', advice: [{ text: expect.stringContaining('proxy.logGroupName') }] },
    ]);
  });

  it('is unknown when CloudWatch could not be read', () => {
    const findings = evaluateWith(null, {
      cloudwatch: failed('permission-denied', { remediation: { text: 'Allow it.' } }),
    });

    expect(findings).toMatchObject([{ status: 'unknown', advice: [{ text: 'Allow it.' }] }]);
  });

  it('informs when CloudWatch is not configured', () => {
    const findings = evaluateWith(null, { cloudwatch: skipped('No RDS instance is configured.', 'rds') });

    expect(findings).toMatchObject([{ status: 'info' }]);
  });

  it('has advice for whatever is not ok, for any counts', () => {
    const count = fc.nat();

    fc.assert(
      fc.property(count, count, (attempts, timeouts) => {
        const [finding] = evaluateWith(lines(attempts, timeouts));

        expect(finding?.status === 'ok').toBe(attempts + timeouts === 0);
        expect(finding?.advice.length).toBe(Number(attempts > 0) + Number(timeouts > 0));
      }),
    );
  });
});
