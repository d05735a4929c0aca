import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../lambda/core/finding.ts';
import type { Settings } from '../../../lambda/settings/settings.ts';
import type { LoadSource, RdsInstance, Sources, StatementsSeen } from '../../../lambda/snapshot/snapshot.ts';
import {
  failed,
  findingsOf,
  GIB,
  healthySnapshot,
  load,
  proxyLog,
  rds,
  rdsInstance,
  seen,
  sessions,
  settingsFor,
  statements,
  TAKEN_AT,
} from '../../snapshots.ts';

const ID = 'server-load';
const MIB = 1024 ** 2;

interface Server {
  readonly levels?: Parameters<typeof load>[0];
  readonly active?: StatementsSeen['active'];
  readonly long?: StatementsSeen['long'];
  readonly poolTimeouts?: number;
  readonly instance?: Partial<RdsInstance>;
  readonly serverless?: number;
  readonly settings?: Partial<Settings>;
  readonly sources?: Partial<Sources>;
}

/** Two vCPUs and 4 GiB of memory, unless another class is given. */
function findings(server: Server): readonly Finding[] {
  const { levels, active = [], long = [], poolTimeouts = 0, instance, serverless, settings, sources } = server;
  const snapshot = healthySnapshot({
    sources: {
      load: seen(load(levels)),
      sessions: seen(sessions({ statements: statements({ active, long }) })),
      'proxy-log': seen(proxyLog({ poolTimeouts })),
      rds: seen(
        rds({
          instances: [rdsInstance(instance)],
          ...(serverless !== undefined && { serverless: { minCapacity: 0.5, maxCapacity: serverless } }),
        }),
      ),
      ...sources,
    },
  });
  return findingsOf(ID, snapshot, settingsFor(settings));
}

/** So many sessions that run, all of them for over a second. */
function running(count: number): StatementsSeen['active'] {
  return [{ waitsFor: null, count, lasting: count }];
}

/** Free storage that falls from `from` to `to` GiB over the last hours. */
function fallingStorage(from: number, to: number, hours: number): Pick<LoadSource, 'freeStorageBytes'> {
  const points = hours * 12;
  return {
    freeStorageBytes: Array.from({ length: points }, (_, index) => ({
      at: new Date(Date.parse(TAKEN_AT) - (points - 1 - index) * 300_000).toISOString(),
      value: (from + ((to - from) * index) / (points - 1)) * GIB,
    })),
  };
}

describe(ID, () => {
  it('clears the server when nothing is short, with what was seen', () => {
    expect(findings({ active: running(2) })).toMatchObject([
      {
        kind: 'incident',
        status: 'ok',
        confidence: 'high',
        evidence: { vcpus: 2, cpuPercent: 20, activeSessions: 2, freeStorageGib: 60, allocatedStorageGib: 100 },
        advice: [],
      },
    ]);
  });

  it.each([
    [
      'a saturated CPU with more sessions at work than vCPUs',
      { levels: { cpuPercent: 94 }, active: running(3) },
      'critical',
      'high',
    ],
    ['a saturated CPU while requests time out', { levels: { cpuPercent: 90 }, poolTimeouts: 1 }, 'critical', 'high'],
    ['a saturated CPU alone', { levels: { cpuPercent: 90 }, active: running(2) }, 'warning', 'medium'],
    ['a busy CPU', { levels: { cpuPercent: 89.9 }, active: running(8) }, 'ok', 'high'],
    ['a crowd of lasting statements', { levels: { cpuPercent: 70 }, active: running(9) }, 'warning', 'medium'],
    ['a crowd that CloudWatch does not show', { levels: { cpuPercent: 20 }, active: running(9) }, 'warning', 'low'],
    [
      'a crowd that DBLoad shows too',
      { levels: { cpuPercent: 70, activeSessions: 9 }, active: running(9) },
      'warning',
      'high',
    ],
    ['a crowd of a moment', { active: [{ waitsFor: null, count: 40, lasting: 8 }] }, 'ok', 'high'],
    ['a crowd that waits for locks', { active: [{ waitsFor: 'Lock', count: 40, lasting: 40 }] }, 'ok', 'high'],
    ['a crowd on a class that is not known', { active: running(90), instance: { class: 'db.z9.new' } }, 'ok', 'high'],
    ['a full capacity', { serverless: 4, levels: { capacityPercent: 96 } }, 'warning', 'medium'],
    [
      'a full capacity while requests time out',
      { serverless: 4, levels: { capacityPercent: 95 }, poolTimeouts: 3 },
      'critical',
      'high',
    ],
    ['a capacity with room', { serverless: 4, levels: { capacityPercent: 94 } }, 'ok', 'high'],
  ] satisfies readonly (readonly [string, Server, string, string])[])(
    'rates %s as it should',
    (_, server, status, confidence) => {
      expect(findings(server)).toMatchObject([{ status, confidence }]);
    },
  );

  it('shows the sessions, the vCPUs and the long statements, and advises no connection more, when the CPU is saturated', () => {
    const [finding] = findings({
      levels: { cpuPercent: 94 },
      active: running(20),
      long: [
        {
          pid: 77,
          user: 'report',
          database: 'litellm',
          clientAddress: '10.0.9.9',
          application: 'psql',
          seconds: 1900.4,
          waitsFor: null,
        },
      ],
    });

    expect(finding).toMatchObject({
      subject: 'database prod: CPU',
      evidence: {
        shortOf: 'cpu',
        vcpus: 2,
        runningSessions: 20,
        longStatements: [{ pid: 77, client: 'report@10.0.9.9', seconds: 1900, waitsFor: null }],
      },
    });
    expect(finding?.advice[0]?.command).toMatch(/^SELECT/);
    expect(JSON.stringify(finding?.advice)).not.toMatch(/max_connections to|pool limit of|pg_terminate_backend/);
  });

  it('is not an incident when one report has run for an hour and nothing is short', () => {
    const long = [
      {
        pid: 77,
        user: 'report',
        database: 'litellm',
        clientAddress: '10.0.9.9',
        application: 'psql',
        seconds: 3600,
        waitsFor: null,
      },
    ];

    expect(findings({ levels: { cpuPercent: 55 }, active: running(1), long })).toMatchObject([{ status: 'ok' }]);
  });

  it.each([
    ['much of it free', { freeStorageBytes: 11 * GIB }, {}, 'ok', undefined],
    ['little of it free', { freeStorageBytes: 9 * GIB }, {}, 'warning', 'risk'],
    [
      'little of it free, and autoscaling with room',
      { freeStorageBytes: 9 * GIB },
      { maxAllocatedStorage: 200 },
      'ok',
      undefined,
    ],
    [
      'little of it free, and autoscaling at its end',
      { freeStorageBytes: 9 * GIB },
      { maxAllocatedStorage: 109 },
      'warning',
      'risk',
    ],
    [
      'nearly nothing free in spite of autoscaling',
      { freeStorageBytes: 1.9 * GIB },
      { maxAllocatedStorage: 200 },
      'critical',
      'incident',
    ],
    ['nearly nothing free', { freeStorageBytes: 1.9 * GIB }, {}, 'critical', 'incident'],
  ] as const)('rates storage with %s as it should', (_, levels, instance, status, kind) => {
    const [finding] = findings({ levels, instance });

    expect(finding).toMatchObject({ status, ...(kind && { kind, evidence: { shortOf: 'storage' } }) });
  });

  it.each([
    ['30 GiB that last 30 hours', [36, 30, 6], 'ok'],
    ['30 GiB that last 10 hours', [48, 30, 6], 'warning'],
    ['30 GiB that last 2 hours', [90, 30, 4], 'critical'],
    ['more than before, after a cleaning', [20, 30, 6], 'ok'],
  ] as const)('forecasts storage of %s', (_, [from, to, hours], status) => {
    const source = { ...load(), ...fallingStorage(from, to, hours) };

    expect(findings({ sources: { load: seen(source) } })).toMatchObject([{ status }]);
  });

  it('says for how long the storage lasts, and the command that raises it', () => {
    const [finding] = findings({ sources: { load: seen({ ...load(), ...fallingStorage(48, 30, 6) }) } });

    expect(finding).toMatchObject({ kind: 'incident', evidence: { growsByGibPerHour: 3, hoursUntilFull: 9.9 } });
    expect(finding?.advice[0]?.command).toBe(
      'aws rds modify-db-instance --region eu-central-1 --db-instance-identifier prod --allocated-storage 120 --apply-immediately',
    );
  });

  it('is critical when RDS reports the storage as full, whatever CloudWatch has', () => {
    expect(findings({ instance: { status: 'storage-full' } })).toMatchObject([
      { status: 'critical', kind: 'incident', evidence: { shortOf: 'storage', instanceStatus: 'storage-full' } },
    ]);
  });

  it.each([
    ['memory', { levels: { freeMemoryBytes: 100 * MIB } }, 'memory'],
    [
      'memory of an unknown class',
      { levels: { freeMemoryBytes: 60 * MIB }, instance: { class: 'db.z9.new' } },
      'memory',
    ],
    ['CPU credits', { levels: { cpuCredits: 5 }, instance: { class: 'db.t2.medium' } }, 'CPU credits'],
    ['I/O credits', { levels: { ioBalancePercent: 9 } }, 'I/O'],
    [
      'the disk while sessions wait for it',
      { levels: { diskQueueDepth: 20 }, active: [{ waitsFor: 'IO', count: 4, lasting: 4 }] },
      'I/O',
    ],
    ['space for temporary files', { levels: { freeLocalStorageBytes: GIB } }, 'local storage'],
  ] satisfies readonly (readonly [string, Server, string])[])('warns when %s is short', (_, server, what) => {
    expect(findings(server)).toMatchObject([{ status: 'warning', subject: `database prod: ${what}` }]);
  });

  it.each([
    ['memory', { levels: { freeMemoryBytes: 200 * MIB } }],
    ['memory of a serverless database, which grows', { levels: { freeMemoryBytes: 10 * MIB }, serverless: 8 }],
    ['credits of an unlimited class', { levels: { cpuCredits: 0 } }],
    ['credits of a limited class', { levels: { cpuCredits: 6 }, instance: { class: 'db.t2.medium' } }],
    ['I/O credits', { levels: { ioBalancePercent: 10 } }],
    ['a queue at the disk for which no session waits, as in a backup', { levels: { diskQueueDepth: 90 } }],
    ['space for temporary files', { levels: { freeLocalStorageBytes: 2 * GIB } }],
  ] satisfies readonly (readonly [string, Server])[])('does not warn when there is enough of %s', (_, server) => {
    expect(findings(server)).toMatchObject([{ status: 'ok' }]);
  });

  it('follows its settings', () => {
    expect(findings({ levels: { cpuPercent: 75 }, settings: { cpuWarningPercent: 70 } })).toMatchObject([
      { status: 'warning' },
    ]);
    expect(findings({ levels: { freeStorageBytes: 15 * GIB }, settings: { storageWarningPercent: 20 } })).toMatchObject(
      [{ status: 'warning' }],
    );
  });

  it('is unknown when CloudWatch has nothing, or nothing of now, and when it may not be asked', () => {
    const old = load();
    const stale = { ...old, cpuPercent: old.cpuPercent.map((point) => ({ ...point, at: '2026-11-22T02:00:00.000Z' })) };

    expect(findings({ sources: { load: seen({ ...old, cpuPercent: [] }) } })).toMatchObject([{ status: 'unknown' }]);
    expect(findings({ sources: { load: seen(stale) } })).toMatchObject([{ status: 'unknown' }]);
    expect(findings({ sources: { load: failed('permission-denied') } })).toMatchObject([
      { status: 'unknown', missingSources: [{ source: 'load' }] },
    ]);
  });

  it('does not clear the server for certain when the sessions were not seen', () => {
    expect(findings({ sources: { sessions: failed('timeout') } })).toMatchObject([
      { status: 'ok', confidence: 'medium' },
    ]);
  });

  it('says what it did not ask for when it read the essential series alone', () => {
    expect(findings({ sources: { load: seen(load({}, 'essential')) } })[0]?.evidence).toHaveProperty('notAsked');
    expect(findings({})[0]?.evidence).not.toHaveProperty('notAsked');
  });
});
