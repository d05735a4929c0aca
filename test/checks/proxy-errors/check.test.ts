import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { proxyErrors } from '../../../lambda/checks/proxy-errors/check.ts';
import { runChecks } from '../../../lambda/checks/run.ts';
import type { CloudWatchSource, Sources } from '../../../lambda/snapshot/snapshot.ts';
import { cloudwatch, failed, healthySnapshot, seen, settingsFor, skipped } from '../../snapshots.ts';

function judge(lines: CloudWatchSource['proxyErrors'], sources: Partial<Sources> = {}) {
  const snapshot = healthySnapshot({
    sources: { cloudwatch: seen(cloudwatch({ proxyErrors: lines })), ...sources },
  });
  return runChecks(snapshot, settingsFor(), [proxyErrors]);
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
  ])('judges %o as %s', (counts, status) => {
    const findings = judge(counts);

    expect(findings).toMatchObject([{ status }]);
  });

  it('puts the slots of PostgreSQL beside the lines and does not equate them', () => {
    const [finding] = judge(lines(7, 1));

    expect(finding?.summary).toBe(
      'The proxy logged 7 lines "All connection attempts failed" and 1 pool time-out (P2024) in the last hour; in PostgreSQL 20 of 55 usable slots are taken now.',
    );
    expect(finding?.advice).toMatchObject([
      { text: expect.stringContaining('its own query-engine process') },
      { text: expect.stringContaining('PostgreSQL refused nothing') },
    ]);
  });

  it('gives only the advice that fits', () => {
    const [finding] = judge(lines(0, 3));

    expect(finding?.summary).not.toContain('All connection attempts');
    expect(finding?.advice).toMatchObject([{ text: expect.stringContaining('P2024') }]);
  });

  it('says so when the side of PostgreSQL could not be seen', () => {
    const [finding] = judge(lines(7, 0), { sessions: failed('slots-exhausted') });

    expect(finding?.summary).toContain("PostgreSQL's side could not be seen");
  });

  it('informs how to have it when no log group is configured', () => {
    const findings = judge(null);

    expect(findings).toMatchObject([
      { status: 'info', advice: [{ text: expect.stringContaining('proxy.logGroupName') }] },
    ]);
  });

  it('is unknown when CloudWatch could not be read', () => {
    const findings = judge(null, { cloudwatch: failed('permission-denied', { missing: 'Allow it.' }) });

    expect(findings).toMatchObject([{ status: 'unknown', advice: [{ text: 'Allow it.' }] }]);
  });

  it('informs when CloudWatch is not configured', () => {
    const findings = judge(null, { cloudwatch: skipped('No RDS instance is configured.', 'rds') });

    expect(findings).toMatchObject([{ status: 'info' }]);
  });

  it('has advice for whatever is not ok, for any counts', () => {
    const count = fc.nat();

    fc.assert(
      fc.property(count, count, (attempts, timeouts) => {
        const [finding] = judge(lines(attempts, timeouts));

        expect(finding?.status === 'ok').toBe(attempts + timeouts === 0);
        expect(finding?.advice.length).toBe(Number(attempts > 0) + Number(timeouts > 0));
      }),
    );
  });
});
