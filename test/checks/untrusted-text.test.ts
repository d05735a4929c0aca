import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../lambda/checks/registry.ts';
import {
  evaluate,
  excess,
  globalRow,
  healthySnapshot,
  holders,
  idleTransaction,
  lockSession,
  locks,
  lockWaiter,
  rds,
  rdsInstance,
  role,
  routerSettings,
  seen,
  server,
  sessionGroup,
  sessions,
  statements,
  table,
} from '../snapshots.ts';

/** Control and reordering characters and lone surrogates among them. */
const anyCharacter = fc.nat({ max: 0x10ffff }).map((code) => String.fromCodePoint(code));
const name = fc.oneof(
  fc.string(),
  fc.string({ unit: anyCharacter }),
  fc.constantFrom('__proto__', 'toString', 'a\'b"c\\', '-1.81'),
);
const names = fc.array(name, { maxLength: 4 });
const count = fc.nat({ max: 200 });
const seconds = fc.double({ min: -10, max: 1e7, noNaN: true });
const address = fc.option(name);

const serverSource = fc
  .record({
    text: name,
    names,
    maxConnections: fc.integer({ min: 1, max: 300 }),
    totalBackends: fc.nat({ max: 300 }),
    yes: fc.boolean(),
  })
  .map(({ text, names, yes, ...numbers }) =>
    server({
      ...numbers,
      inRecovery: yes,
      readOnlySettings: names.map((role) => ({ inDatabase: yes, role, readOnly: true })),
      pendingRestart: names,
      litellmSchema: yes ? text : null,
      otherLitellmSchemas: names,
      tables: [table(text, names, names.slice(1))],
      role: role({
        name: text,
        seesAllSessions: yes,
        isMarked: yes,
        excess: names.map((object) => excess({ object, name: text })),
      }),
    }),
  );

const sessionsSource = fc
  .record({
    groups: fc.array(
      fc.record({
        user: name,
        database: fc.oneof(name, fc.constant('litellm')),
        clientAddress: address,
        count,
        tls: fc.option(fc.boolean()),
      }),
      { maxLength: 8 },
    ),
    idle: fc.array(
      fc.record({
        user: name,
        clientAddress: address,
        idleSeconds: seconds,
        transactionSeconds: seconds,
        blocking: count,
      }),
      { maxLength: 8 },
    ),
    long: fc.array(
      fc.record({
        pid: count,
        user: name,
        database: name,
        clientAddress: address,
        application: name,
        seconds,
        waitsFor: fc.option(name),
      }),
      { maxLength: 8 },
    ),
    hidden: count,
    groupCount: count,
  })
  .map(({ groups, idle, long, ...numbers }) =>
    sessions({
      ...numbers,
      groups: groups.map(sessionGroup),
      idleTransactions: idle.map(idleTransaction),
      statements: statements({ active: [{ waitsFor: null, count: 20, lasting: 20 }], long }),
    }),
  );

const locksSource = fc
  .record({
    text: name,
    address,
    names,
    seconds,
    lock: fc.constantFrom('relation', 'tuple', 'transactionid', 'advisory'),
    state: fc.constantFrom('idle in transaction', 'active', 'idle', null),
    backendType: fc.constantFrom('client backend', 'autovacuum worker', null),
  })
  .map(({ text, address: clientAddress, names: rowTables, seconds: waited, lock, state, backendType }) =>
    locks({
      sessions: [
        lockSession({ user: text, clientAddress, rowTables, state, backendType, stateSeconds: waited }),
        lockWaiter(waited, { user: text, rowTables, waits: { lock, mode: text, seconds: waited, relation: text } }),
      ],
      edges: [{ waiter: 4712, blocker: 4711 }],
    }),
  );

const scoped = fc.oneof(
  fc.constantFrom({ state: 'no-table' as const }, { state: 'no-column' as const }),
  name.map((command) => ({ state: 'hidden' as const, remediation: { text: 'Run this:', command } })),
  fc
    .record({ name, keys: names, live: count, expired: count, truncated: fc.boolean() })
    .map(({ name, keys, ...numbers }) =>
      holders({ ...numbers, holders: [{ name, kind: 'settings', stale: null, keys }] }),
    ),
);

const routerSource = fc
  .record({
    kind: fc.constantFrom(
      'sql-null' as const,
      'json-null' as const,
      'empty' as const,
      'settings' as const,
      'text' as const,
      'other' as const,
    ),
    keys: fc.array(fc.record({ name, empty: fc.boolean() }), { maxLength: 5 }),
    team: scoped,
    key: scoped,
  })
  .map(({ kind, keys, team, key }) => routerSettings({ global: globalRow({ kind, keys }), team, key }));

const rdsSource = fc
  .record({
    identifier: name,
    status: name,
    groups: names,
    validTill: fc.option(name),
    endpoint: fc.option(name),
    iam: fc.boolean(),
  })
  .map(({ identifier, status, groups, validTill, endpoint, iam }) =>
    rds({
      identifier,
      endpoint,
      iamAuthentication: iam,
      instances: [
        rdsInstance({
          identifier,
          status,
          certificateValidTill: validTill,
          parameterGroups: groups.map((group) => ({ name: group, applyStatus: status })),
          pendingModifications: groups,
        }),
      ],
    }),
  );

const snapshots = fc
  .record({
    database: name,
    configuredVersion: fc.option(
      fc.oneof(name, fc.constantFrom('1.80.12', '1.80.16', '1.81.3', '1.81.6', '1.81.8', '1.99.0')),
    ),
    server: serverSource,
    sessions: sessionsSource,
    locks: locksSource,
    router: routerSource,
    rds: rdsSource,
  })
  .map(({ database, configuredVersion, server, sessions, locks, router, rds }) =>
    healthySnapshot({
      database,
      configuredVersion,
      sources: {
        server: seen(server),
        sessions: seen(sessions),
        locks: seen(locks),
        'router-settings': seen(router),
        rds: seen(rds),
      },
    }),
  );

describe('checks of any snapshot', () => {
  it('never throw, never show NaN, and give their reason when they are not certain', () => {
    fc.assert(
      fc.property(snapshots, (snapshot) => {
        const findings = evaluate(snapshot);

        for (const { checkId, summary, confidence, confidenceReason, evidence, advice, status } of findings) {
          expect(summary, checkId).not.toMatch(/bug in the auditor|\bNaN\b|undefined|Infinity/);
          expect(confidence === 'high', checkId).toBe(confidenceReason === undefined);
          expect(JSON.parse(JSON.stringify(evidence))).toEqual(evidence);
          if (status !== 'ok' && status !== 'info') expect(advice.length, checkId).toBeGreaterThan(0);
        }
        expect(new Set(findings.map(({ checkId }) => checkId)).size).toBe(CHECKS.length);
        expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(findings.length);
      }),
    );
  });
});
