import { describe, expect, it } from 'vitest';
import { buildModel } from '../../lambda/model/model.ts';
import { buildReport } from '../../lambda/report/build.ts';
import { overallStatus } from '../../lambda/report/report.ts';
import type { FailureKind } from '../../lambda/snapshot/snapshot.ts';
import { failed } from '../snapshots.ts';
import { PROXY_DOWN } from './pieces.ts';
import { settingsOf, snapshotOf, type World } from './world.ts';

function audited(world: World) {
  const snapshot = snapshotOf(world);
  const settings = settingsOf(world);
  const report = buildReport(snapshot, buildModel(snapshot, settings), settings, 0);
  return {
    overall: overallStatus(report),
    causes: report.diagnosis.causes,
    statuses: new Set(report.findings.map(({ status }) => status)),
    reachable: report.findings.find(({ checkId }) => checkId === 'database-reachable'),
  };
}

/** Both APIs of AWS at once, as a missing policy or a missing way there has it. */
function withoutAws(kind: FailureKind): World {
  return { sources: { rds: failed(kind), cloudwatch: failed(kind) } };
}

const ON_THE_AUDITORS_SIDE: readonly (readonly [string, World])[] = [
  ['there are no AWS credentials', { refused: 'no-credentials', ...withoutAws('no-credentials') }],
  ['the CA is not trusted', { refused: 'tls-untrusted' }],
  ['the CA file cannot be used', { refused: 'ca-file' }],
  ['the server speaks an old TLS only', { refused: 'tls-version' }],
  ['no TLS session comes about', { refused: 'tls-failed' }],
  ['the server demands a client certificate', { refused: 'client-certificate' }],
  ['the server asks for another kind of login', { refused: 'login-unsupported' }],
  ['the CONNECTION LIMIT of its own role is reached', { refused: 'role-limit' }],
  ['row-level security hides rows from it', { sources: { 'router-settings': failed('row-security') } }],
  ['the server speaks no TLS', { refused: 'tls-unavailable' }],
  ['the IAM token is refused', { refused: 'iam-refused' }],
  ['the password is refused', { refused: 'password-refused' }],
  ['the login is refused', { refused: 'login-refused' }],
  ['the database has another name', { refused: 'database-missing' }],
  ['the role may not connect', { refused: 'permission-denied' }],
  ['its policy denies both APIs', withoutAws('permission-denied')],
  ['its policy denies RDS alone', { sources: { rds: failed('permission-denied') } }],
  ['its policy denies CloudWatch alone', { sources: { cloudwatch: failed('permission-denied') } }],
  ['both APIs time out', withoutAws('timeout')],
  ['both APIs are unreachable', withoutAws('unreachable')],
  ['the names of both APIs are not resolved', withoutAws('name-unresolved')],
  ['AWS does not trust its credentials', withoutAws('no-credentials')],
  ['AWS throttles it', withoutAws('throttled')],
  ['it gets to neither the database nor AWS', { refused: 'no-credentials', ...withoutAws('timeout') }],
];

describe('trouble on the side of the auditor', () => {
  it.each(ON_THE_AUDITORS_SIDE)('is unknown, says so, and is never critical when %s', (_when, world) => {
    const { overall, causes, statuses } = audited(world);

    expect(overall).toBe('unknown');
    expect(causes.map(({ id }) => id)).toEqual(['auditor-cannot-look']);
    expect(statuses).not.toContain('critical');
    expect(statuses).not.toContain('warning');
  });

  it.each<FailureKind>(['not-found', 'unexpected-answer', 'other'])(
    'is not claimed when AWS answers, but what it says is %s',
    (kind) => {
      const { overall, causes } = audited(withoutAws(kind));

      expect(overall).toBe('unknown');
      expect(causes).toEqual([]);
    },
  );

  it('does not hide that something is wrong when that was seen', () => {
    const { overall, causes } = audited({ refused: 'no-credentials', ...PROXY_DOWN });

    expect(overall).toBe('critical');
    expect(causes.map(({ id }) => id)).toEqual(['none-of-the-known', 'auditor-cannot-look']);
  });

  it('does not give way to the version when nothing else is wrong', () => {
    const { overall, causes } = audited({ refused: 'no-credentials', version: '1.90.0' });

    expect(overall).toBe('warning');
    expect(causes.map(({ id }) => id)).toEqual(['auditor-cannot-look']);
  });
});

describe('a database that refuses everyone', () => {
  it.each<FailureKind>([
    'slots-exhausted',
    'starting-up',
    'connection-lost',
    'database-limit',
    'disk-full',
    'server-error',
  ])('is critical when it says %s, whatever else looks well', (refused) => {
    const { overall, causes } = audited({ refused });

    expect(overall).toBe('critical');
    expect(causes.map(({ id }) => id)).toEqual([
      refused === 'slots-exhausted' ? 'slots-exhausted' : 'database-unreachable',
    ]);
  });
});

describe('a database that does not answer', () => {
  const KINDS: readonly FailureKind[] = [
    'timeout',
    'unreachable',
    'name-unresolved',
    'pooler-refused',
    'protocol-violation',
    'other',
  ];

  it.each(KINDS)('is unknown, with what shows that it serves others, when it is %s to the auditor alone', (refused) => {
    const { overall, causes, reachable } = audited({ refused });

    const evidence = 'RDS reports the database as available, and CloudWatch counts a steady 20 connections';
    expect(overall).toBe('unknown');
    expect(reachable?.status).toBe('unknown');
    expect(reachable?.summary).toContain(evidence);
    expect(causes.map(({ id }) => id)).toEqual(['auditor-cannot-look']);
    expect(causes[0]?.what).toContain(evidence);
  });

  it.each<readonly [string, World]>([
    ['its connections fall', { connections: (hour) => (hour < 5.8 ? 20 : 5) }],
    ['a proxy lost it too', PROXY_DOWN],
    ['CloudWatch was not seen', { sources: { cloudwatch: failed('other') } }],
    ['RDS was not seen', { sources: { rds: failed('other') } }],
  ])('is critical when %s', (_when, world) => {
    for (const refused of KINDS) {
      const { overall, causes } = audited({ refused, ...world });

      expect(overall).toBe('critical');
      expect(causes[0]?.id).toBe('database-unreachable');
    }
  });
});
