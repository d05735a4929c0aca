import { describe, expect, it } from 'vitest';
import type { CauseId } from '../../lambda/diagnosis/diagnosis.ts';
import { overallStatus } from '../../lambda/report/report.ts';
import { PLANTED_SECRETS } from '../../sandbox/database/litellm-config.ts';
import { SCENARIOS } from '../../sandbox/scenarios/registry.ts';
import type { Scenario } from '../../sandbox/scenarios/scenario.ts';
import { bannedIn } from '../language/banned-words.ts';
import { reportText } from '../language/rendered.ts';
import { runScenario } from './run.ts';

/** The first cause that the report of a scenario has to name; null for a risk, which is no cause while nothing fails. */
const FIRST_CAUSES: Readonly<Record<string, CauseId | null>> = {
  'iam-leak': 'iam-token-refresh',
  'per-request-router': 'per-request-router',
  'under-provisioned': 'under-provisioned',
  'slots-exhausted': 'slots-exhausted',
  'idle-in-transaction': 'idle-in-transaction',
  'lock-pile-up': 'lock-pile-up',
  'index-build': 'lock-pile-up',
  'migration-lock': 'migration-lock-orphaned',
  'table-growth': 'table-growth',
  'wrong-version': null,
  'old-schema': null,
  overloaded: 'server-overloaded',
  'storage-full': 'storage-full',
  failover: 'failover-left-behind',
  'read-only': 'database-read-only',
  burst: 'bursts-fill-slots',
  'network-drops-idle': 'network-drops-idle',
  'query-engine': 'query-engine',
  'connection-limit': 'connection-limit-reached',
  'rds-proxy': 'rds-proxy-pinned',
};

/** The default of `npm start`, which start.test.ts runs. */
const DEFAULT = 'mixed';

function scenario(name: string): Scenario {
  const found = SCENARIOS.get(name);
  if (found === undefined) throw new Error(`There is no scenario ${name}.`);
  return found;
}

describe('a scenario', () => {
  it.each(Object.entries(FIRST_CAUSES))(
    'has its cause first, plain English and no secret when it is %s',
    async (name, cause) => {
      const report = await runScenario(scenario(name));

      expect(report.diagnosis.causes[0]?.id ?? null).toBe(cause);
      expect(overallStatus(report)).toMatch(/warning|critical/);
      expect(report.notification.status).toBe('published');
      expect(bannedIn(reportText(report))).toEqual([]);
      const text = JSON.stringify(report);
      expect(PLANTED_SECRETS.filter((secret) => text.includes(secret))).toEqual([]);
    },
    60_000,
  );

  it('has no finding above info, no cause and no message when it is healthy', async () => {
    const report = await runScenario(scenario('healthy'), { action: 'audit', scheduledAt: '2026-11-25T10:00:00Z' });

    const { findings, diagnosis, notification } = report;
    expect(bannedIn(reportText(report))).toEqual([]);
    expect(findings.filter(({ status }) => status !== 'ok' && status !== 'info')).toEqual([]);
    expect(diagnosis.causes).toEqual([]);
    expect(notification.status).toBe('skipped');
  }, 60_000);

  it('is run by a test when it is in the registry', () => {
    const tested = [DEFAULT, 'healthy', ...Object.keys(FIRST_CAUSES)];

    expect([...SCENARIOS.keys()]).toEqual(tested);
  });
});
