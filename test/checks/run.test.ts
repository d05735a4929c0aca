import { describe, expect, it } from 'vitest';
import { defineCheck } from '../../lambda/checks/check.ts';
import { CHECKS } from '../../lambda/checks/registry.ts';
import { result } from '../../lambda/checks/result.ts';
import { runChecks } from '../../lambda/checks/run.ts';
import { fingerprintOf, type Status } from '../../lambda/core/finding.ts';
import { failed, healthySnapshot, settingsFor, skipped, textOf } from '../snapshots.ts';

function checkThatSays(id: string, said: readonly (readonly [Status, string])[]) {
  return defineCheck({
    id,
    title: 'It holds.',
    needs: [],
    judge: () => said.map(([status, subject]) => result({ status, subject, summary: 'It was judged.' })),
  });
}

describe('runChecks', () => {
  it('gives one ok finding a check when all is well', () => {
    const findings = runChecks(healthySnapshot(), settingsFor());

    // Every version has known faults, if only small ones.
    const expected = CHECKS.map(({ id }) => [id, id === 'litellm-version' ? 'info' : 'ok']);
    expect(findings.map(({ checkId, status }) => [checkId, status])).toEqual(expect.arrayContaining(expected));
    expect(findings).toHaveLength(CHECKS.length);
    const ok = findings.filter(({ status }) => status === 'ok');
    expect(ok.filter(({ advice }) => advice.length > 0)).toEqual([]);
  });

  it('adds id, fingerprint and page', () => {
    const check = checkThatSays('some-check', [['ok', 'database prod']]);

    const [finding] = runChecks(healthySnapshot(), settingsFor({ docsUrl: 'https://docs.example/checks' }), [check]);

    expect(finding).toMatchObject({
      checkId: 'some-check',
      fingerprint: fingerprintOf('some-check', 'database prod'),
      docs: 'https://docs.example/checks/some-check.md',
    });
  });

  it('sorts by status, then by check, then by subject', () => {
    const first = checkThatSays('z-first', [
      ['info', 'b'],
      ['warning', 'c'],
      ['warning', 'B'],
      ['info', 'a'],
    ]);
    const second = checkThatSays('a-second', [
      ['critical', 'x'],
      ['unknown', 'x'],
      ['warning', 'a'],
      ['ok', 'x'],
    ]);

    const findings = runChecks(healthySnapshot(), settingsFor(), [first, second]);

    expect(findings.map(({ status, checkId, subject }) => `${status} ${checkId} ${subject}`)).toEqual([
      'critical a-second x',
      'warning z-first B',
      'warning z-first c',
      'warning a-second a',
      'unknown a-second x',
      'info z-first a',
      'info z-first b',
      'ok a-second x',
    ]);
  });

  it('says what is missing, why, and the grant when a needed source failed', () => {
    const snapshot = healthySnapshot({
      sources: {
        sessions: failed('permission-denied', {
          message: 'Permission denied.',
          code: '42501',
          missing: 'GRANT pg_monitor TO "litellm_auditor";',
        }),
      },
    });

    const findings = runChecks(snapshot, settingsFor()).filter(({ status }) => status === 'unknown');

    const needSessions = CHECKS.filter(({ needs }) => needs.includes('sessions'));
    expect(findings.map(({ checkId }) => checkId)).toEqual(needSessions.map(({ id }) => id));
    expect(findings[0]).toMatchObject({
      subject: 'database prod',
      summary: 'Not result without sessions: Permission denied.',
      evidence: { missing: [{ source: 'sessions', status: 'failed', reason: 'Permission denied.', code: '42501' }] },
      advice: [{ command: 'GRANT pg_monitor TO "litellm_auditor";' }],
    });
  });

  it('puts a permission that is missing into words, not into a command', () => {
    const snapshot = healthySnapshot({
      sources: { rds: failed('permission-denied', { missing: 'Allow rds:DescribeDBInstances.' }) },
    });

    const [finding] = runChecks(snapshot, settingsFor());

    expect(finding?.advice).toEqual([{ text: 'Allow rds:DescribeDBInstances.' }]);
  });

  it('gives the reason once when several sources were skipped for it', () => {
    const none = skipped('There is no connection to the database.');
    const snapshot = healthySnapshot({
      sources: { connection: failed('timeout'), server: none, sessions: none, 'router-settings': none },
    });

    const findings = runChecks(snapshot, settingsFor());
    const headroom = findings.find(({ checkId }) => checkId === 'connection-headroom');

    expect(headroom?.summary).toBe('Not result without server and sessions: There is no connection to the database.');
    expect(headroom?.advice[0]?.text).toContain('database-reachable');
  });

  it('says what to configure, and wakes nobody, when a source was never asked for', () => {
    const snapshot = healthySnapshot({ sources: { rds: skipped('No RDS instance is configured.', 'rds') } });

    const finding = runChecks(snapshot, settingsFor()).find(({ checkId }) => checkId === 'rds-configuration');

    expect(finding).toMatchObject({
      status: 'info',
      summary: 'Not looked at: No RDS instance is configured.',
      advice: [{ text: 'To have it, configure rds.' }],
    });
  });

  it('names the check, and never the error, when a judge throws', () => {
    const broken = defineCheck({
      id: 'broken',
      title: 'It breaks.',
      needs: [],
      judge: () => {
        throw new Error('sk-secret');
      },
    });

    const findings = runChecks(healthySnapshot(), settingsFor(), [broken]);

    expect(findings).toMatchObject([{ checkId: 'broken', status: 'unknown', subject: 'database prod' }]);
    expect(textOf(findings)).not.toContain('sk-secret');
  });

  it('catches a check that asks for a source that it does not need', () => {
    const greedy = defineCheck({
      id: 'greedy',
      title: 'It asks for all.',
      needs: ['server', 'sessions'],
      judge: ({ source }) => [
        result({ status: 'ok', subject: 'x', summary: `${source.server.maxConnections} ${source.sessions.total}` }),
      ],
    });
    const snapshot = healthySnapshot({ sources: { sessions: failed('timeout') } });

    const findings = runChecks(snapshot, settingsFor(), [{ ...greedy, needs: ['server'] }]);

    expect(findings).toMatchObject([{ status: 'unknown', summary: expect.stringContaining('greedy') }]);
  });
});
