import { describe, expect, it } from 'vitest';
import type { Part } from '../../lambda/checks/check.ts';
import { missingSources } from '../../lambda/checks/missing-sources.ts';
import { requiredSources } from '../../lambda/checks/parts.ts';
import { CHECKS, type CheckId } from '../../lambda/checks/registry.ts';
import type { SourceName, Sources } from '../../lambda/snapshot/snapshot.ts';
import { evaluate, failed, findingsOf, healthySnapshot, skipped } from '../snapshots.ts';

/** The result of a check that needs these parts. */
function missingFor(needs: readonly Part[], sources: Partial<Sources>) {
  return missingSources(needs, healthySnapshot({ sources }));
}

/** Each check with each source behind what it needs. */
const PAIRS = CHECKS.flatMap(({ id, kind, needs }) =>
  requiredSources(needs).map((source): readonly [CheckId, SourceName, string] => [id, source, kind]),
);

describe('a check', () => {
  it.each(PAIRS)('%s is unknown, with the source that is missing and its own kind, without %s', (id, source, kind) => {
    const findings = findingsOf(id, healthySnapshot({ sources: { [source]: failed('timeout', { code: '57014' }) } }));

    expect(findings).toMatchObject([
      {
        kind,
        status: 'unknown',
        subject: 'database prod',
        facts: null,
        missingSources: [{ source, status: 'failed', reason: 'It failed: timeout.', kind: 'timeout', code: '57014' }],
      },
    ]);
  });

  it.each(PAIRS)('%s is unknown when %s was skipped because something else failed', (id, source, kind) => {
    const findings = findingsOf(id, healthySnapshot({ sources: { [source]: skipped('No time was left.') } }));

    expect(findings).toMatchObject([
      { kind, status: 'unknown', missingSources: [{ source, status: 'skipped', reason: 'No time was left.' }] },
    ]);
  });

  it('needs sessions, directly or behind a derived part, wherever it reports on them', () => {
    const unknown = evaluate(healthySnapshot({ sources: { sessions: failed('timeout') } })).flatMap(
      ({ checkId, status }) => (status === 'unknown' ? checkId : []),
    );

    expect(unknown, 'a check that reports on sessions belongs in this list').toEqual([
      'failover',
      'connection-headroom',
      'connection-limits',
      'connection-leak',
      'connection-ceiling',
      'pool-budget',
      'idle-in-transaction',
      'transport-security',
    ]);
  });
});

describe('missingSources', () => {
  it('is null when everything is there', () => {
    expect(missingFor(['server', 'sessions', 'topology', 'trend'], {})).toBeNull();
  });

  it('names the sources behind a derived part, each once', () => {
    const sources = { server: failed('timeout'), sessions: failed('permission-denied') };

    const result = missingFor(['topology', 'slots', 'server'], sources);

    expect(result?.missingSources).toMatchObject([
      { source: 'server', kind: 'timeout' },
      { source: 'sessions', kind: 'permission-denied' },
    ]);
  });

  it('gives the reason of each source, and the remediations once each', () => {
    const remediation = { text: 'As the RDS master user:', command: 'GRANT pg_monitor TO "litellm_auditor";' };
    const denied = failed('permission-denied', { message: 'Permission denied.', code: '42501', remediation });

    const result = missingFor(['server', 'sessions'], { server: denied, sessions: denied });

    expect(result).toMatchObject({
      summary: 'Not checked without server and sessions: Permission denied.',
      missingSources: [{ code: '42501' }, { code: '42501' }],
      advice: [remediation],
    });
    expect(result?.advice).toHaveLength(1);
  });

  it('leads to database-reachable when there is no connection', () => {
    const none = skipped('There is no connection to the database.');

    const result = missingFor(['server', 'sessions'], { connection: failed('timeout'), server: none, sessions: none });

    expect(result?.summary).toBe('Not checked without server and sessions: There is no connection to the database.');
    expect(result?.advice).toMatchObject([{ text: expect.stringContaining('database-reachable') }]);
  });

  it('leads to the log of the function when nothing else explains it', () => {
    const result = missingFor(['rds'], { rds: failed('other') });

    expect(result?.advice).toMatchObject([{ text: expect.stringMatching(/log.*rds/) }]);
  });

  it('is info, and says what to configure, when nobody asked for the source', () => {
    const result = missingFor(['rds'], { rds: skipped('No RDS instance is configured.', 'rds') });

    expect(result).toMatchObject({
      status: 'info',
      summary: 'Not checked: No RDS instance is configured.',
      advice: [{ text: 'To check it, configure rds.' }],
    });
    expect(result).not.toHaveProperty('missingSources');
  });

  it('is unknown when one source was not asked for and another failed', () => {
    const sources = { rds: skipped('No RDS instance is configured.', 'rds'), server: failed('timeout') };

    const result = missingFor(['rds', 'server'], sources);

    expect(result).toMatchObject({ status: 'unknown', missingSources: [{ source: 'rds' }, { source: 'server' }] });
  });
});
