import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectionCeiling } from '../../lambda/checks/connection-ceiling/check.ts';
import { connectionLeak } from '../../lambda/checks/connection-leak/check.ts';
import { poolBudget } from '../../lambda/checks/pool-budget/check.ts';
import { runEach } from '../../lambda/checks/run.ts';
import { buildModel } from '../../lambda/model/model.ts';
import { ago, cohort } from '../sessions.ts';
import { healthySnapshot, litellm, seen, server, sessionGroup, sessions, settingsFor, table } from '../snapshots.ts';

const CHECKS = [connectionCeiling, connectionLeak, poolBudget];

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('__proto__', "a'b\\", 'psql', ''));
const user = fc.oneof(fc.constantFrom('litellm', 'litellm', 'rdsproxyadmin', 'rdsadmin'), text);
const database = fc.oneof(fc.constant('litellm'), text);
const clientAddress = fc.option(fc.oneof(fc.constantFrom('10.0.3.17', '127.0.0.1'), text));
const count = fc.nat({ max: 300 });
const time = fc.oneof(
  fc.double({ min: -1000, max: 1e6, noNaN: true }).map(ago),
  fc.constantFrom('infinity', 'not a time', '1'),
);

const group = fc
  .record({
    user,
    database,
    clientAddress,
    application: fc.oneof(fc.constant(''), text),
    state: fc.constantFrom('idle', 'active', 'idle in transaction', null),
    iam: fc.boolean(),
    count,
  })
  .map(sessionGroup);

const cohorts = fc
  .record({
    user,
    database,
    clientAddress,
    iam: fc.boolean(),
    count,
    idle: count,
    firstStart: time,
    lastStart: time,
    newestIdleSince: fc.option(time),
  })
  .map((overrides) => cohort(0, 0, overrides));

const heartbeats = fc.oneof(
  fc.constantFrom({ state: 'no-table' as const }, { state: 'hidden' as const, remediation: { text: 'GRANT it.' } }),
  fc
    .record({ live: count, podCount: count, workers: fc.array(fc.nat({ max: 20 }), { maxLength: 4 }) })
    .map(({ workers, ...numbers }) => ({
      state: 'seen' as const,
      ...numbers,
      pods: workers.map((workers, pod) => ({ hostname: `pod-${pod}`, workers })),
    })),
);

const anything = fc.record({
  groups: fc.array(group, { maxLength: 10 }),
  cohorts: fc.array(cohorts, { maxLength: 12 }),
  groupCount: count,
  cohortCount: count,
  hidden: fc.oneof(fc.constant(0), count),
  heartbeats,
  maxConnections: fc.integer({ min: 1, max: 500 }),
  owner: user,
  version: fc.constantFrom(null, 'nonsense', '1.74.3', '1.90.0', '1.104.7', '9.9.9'),
  settings: fc.record(
    {
      litellmUser: user.filter((name) => name !== ''),
      poolLimit: fc.integer({ min: 1, max: 1000 }),
      workersPerPod: fc.integer({ min: 1, max: 256 }),
      pods: fc.integer({ min: 1, max: 1000 }),
      rollingSurgePercent: fc.nat({ max: 100 }),
      tokenLifeSeconds: fc.integer({ min: 1, max: 86_400 }),
      tokenRefreshSeconds: fc.integer({ min: 1, max: 86_400 }),
    },
    { requiredKeys: [] },
  ),
});

describe('checks on a session table of any shape', () => {
  it('never throw, show no NaN, give their reason when not certain, and a step for what is bad', () => {
    fc.assert(
      fc.property(anything, ({ groups, heartbeats, maxConnections, owner, version, settings: tuning, ...more }) => {
        const snapshot = healthySnapshot({
          configuredVersion: version,
          sources: {
            server: seen(server({ maxConnections, tables: [{ ...table('LiteLLM_Config', []), owner }] })),
            sessions: seen(sessions({ groups, ...more })),
            litellm: seen(litellm({ workers: heartbeats })),
          },
        });

        const settings = settingsFor(tuning);
        const findings = runEach(CHECKS, snapshot, buildModel(snapshot, settings), settings);

        for (const { checkId, status, summary, confidence, confidenceReason, evidence, advice } of findings) {
          expect(`${summary} ${JSON.stringify(advice)}`, checkId).not.toMatch(
            /bug in the auditor|\bNaN\b|undefined|Infinity|\[object/,
          );
          expect(confidence === 'high', checkId).toBe(confidenceReason === undefined);
          expect(JSON.parse(JSON.stringify(evidence)), checkId).toEqual(evidence);
          if (status !== 'ok') expect(advice.length, checkId).toBeGreaterThan(0);
        }
        expect(new Set(findings.map(({ checkId }) => checkId)).size).toBe(CHECKS.length);
        expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(findings.length);
      }),
      { numRuns: 500 },
    );
  });
});
