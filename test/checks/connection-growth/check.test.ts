import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrendPoint } from '../../../lambda/model/trend/points.ts';
import type { Settings } from '../../../lambda/settings/settings.ts';
import type { Sources } from '../../../lambda/snapshot/snapshot.ts';
import { anyPoints } from '../../model/trend/arbitraries.ts';
import { START, seriesOfLevels } from '../../model/trend/series.ts';
import {
  cloudwatch,
  failed,
  findingsOf,
  healthySnapshot,
  previous,
  seen,
  server,
  sessionGroup,
  sessions,
  settingsFor,
  skipped,
} from '../../snapshots.ts';

const HOUR_MS = 3_600_000;
/** 500 usable slots. */
const SERVER = seen(server({ maxConnections: 505 }));

interface World {
  readonly points: readonly TrendPoint[];
  /** Minutes from the last reading to the audit. */
  readonly late?: number;
  readonly settings?: Partial<Settings>;
  readonly sources?: Partial<Sources>;
}

function evaluateWith({ points, late = 4, settings = {}, sources = {} }: World) {
  const last = points.at(-1)?.time ?? START;
  const snapshot = healthySnapshot({
    takenAt: textOf(last + late * 60_000),
    sources: {
      server: SERVER,
      cloudwatch: seen(
        cloudwatch({
          connections: {
            periodSeconds: 300,
            points: points.map(({ time, value }) => ({ at: textOf(time), value })),
          },
        }),
      ),
      ...sources,
    },
  });
  return findingsOf('connection-growth', snapshot, settingsFor(settings));
}

function textOf(time: number): string {
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : 'no time';
}

/** Connections that reach 500 so many hours after the window of twelve. */
function leak(hoursLeft: number): TrendPoint[] {
  return seriesOfLevels((hour) => 500 - 20 * (12 + hoursLeft - hour), { noise: 1 });
}

describe('connection-growth', () => {
  it.each([
    [1, 'critical'],
    [2.5, 'critical'],
    [3.5, 'warning'],
    [11, 'warning'],
    [12.8, 'info'],
  ])('rates a leak that reaches the last slot in %d h as %s', (hours, status) => {
    const findings = evaluateWith({ points: leak(hours) });

    expect(findings).toMatchObject([{ kind: 'incident', status, evidence: { trend: 'growing' } }]);
  });

  it('names who held the connections at an earlier audit when nobody can connect now, and not when somebody can', () => {
    const holders = [
      { user: 'litellm', database: 'litellm', clientAddress: '10.0.3.17', application: '', sessions: 120 },
      { user: 'litellm', database: 'litellm', clientAddress: '10.0.3.17', application: 'x', sessions: 1 },
      { user: 'dify', database: 'dify', clientAddress: '10.0.9.4', application: '', sessions: 200 },
    ];
    const earlier = seen(previous({ takenAt: '2026-11-22T02:45:00.000Z', holders }));
    const none = skipped('There is no connection to the database.');
    const refused = { connection: failed('slots-exhausted'), server: none, sessions: none, previous: earlier };

    const [full] = evaluateWith({ points: leak(0), sources: refused });
    const [open] = evaluateWith({ points: leak(2), sources: { previous: earlier } });

    expect(full).toMatchObject({
      status: 'critical',
      evidence: {
        heldBefore: {
          at: '2026-11-22T02:45:00.000Z',
          sessions: 321,
          holders: [
            { client: 'dify@10.0.9.4', sessions: 200 },
            { client: 'litellm@10.0.3.17', sessions: 121 },
          ],
        },
      },
    });
    expect(full?.summary).toContain('The audit at 02:45 UTC saw 321 sessions, most of them of dify@10.0.9.4 (200).');
    expect(open?.evidence).not.toHaveProperty('heldBefore');
  });

  it('follows the configured hours', () => {
    const findings = evaluateWith({ points: leak(5), settings: { growthCriticalHours: 6 } });

    expect(findings).toMatchObject([{ status: 'critical' }]);
  });

  it('shows the forecast with its uncertainty, a sparkline with its numbers, and the sessions beside it', () => {
    const [finding] = evaluateWith({ points: leak(2) });

    expect(finding?.summary).toMatch(
      /^Connections have grown by (19\.9|20\.\d) per hour for 1[12] h( \d+ min)?, to 4\d\d, by LiteLLM's sessions; the 500 usable slots run out in (1 h \d+ min|2 h( \d min)?) \(between .* and .*\)\.$/,
    );
    expect(finding?.evidence).toMatchObject({
      connections: expect.stringMatching(/^min \d+, max \d+, first \d+, last \d+$/),
      sparkline: expect.stringMatching(/^▁.*█$/),
      usableSlots: 500,
      sessionsSeenNow: 20,
      exhaustedInHours: { likely: expect.any(Number), earliest: expect.any(Number), latest: expect.any(Number) },
    });
    expect(finding?.advice[0]?.command).toContain('pg_stat_activity');
    expect(finding?.advice[1]?.text).toContain('restart the proxy pods one by one');
  });

  it.each([
    ['flat', seriesOfLevels(() => 100, { noise: 3 }), 'ok'],
    ['falling', seriesOfLevels((hour) => 300 - 10 * hour, { noise: 2 }), 'ok'],
    ['step', seriesOfLevels((hour) => (hour < 6 ? 100 : 200), { noise: 2 }), 'ok'],
    ['periodic', seriesOfLevels((hour) => 200 + 100 * Math.sin((hour / 12) * Math.PI), { noise: 2 }), 'ok'],
    ['sawtooth', seriesOfLevels((hour) => 100 + 20 * (hour % 7), { noise: 1 }), 'info'],
  ])('does not call a %s series a leak', (trend, points, status) => {
    const findings = evaluateWith({ points });

    expect(findings).toMatchObject([{ status, evidence: { trend } }]);
  });

  it('warns of a tooth that reaches the last slot within hours', () => {
    const points = seriesOfLevels((hour) => 360 + 20 * (hour % 7), { noise: 1 });

    const findings = evaluateWith({ points });

    expect(findings).toMatchObject([
      { status: 'warning', summary: expect.stringContaining('unless it is reset before') },
    ]);
  });

  it('informs of growth that leaves over a week', () => {
    const points = seriesOfLevels((hour) => 50 + hour);

    const findings = evaluateWith({ points });

    expect(findings).toMatchObject([{ status: 'info', summary: expect.stringContaining('last for over a week') }]);
  });

  it('knows the rise of a day from that of the day before', () => {
    const points = seriesOfLevels((hour) => 200 + 15 * (hour % 24), { hours: 36, noise: 2 });

    const [alone, withDayBefore] = [points.filter(({ time }) => time >= START + 24 * HOUR_MS), points].map((some) =>
      evaluateWith({ points: some }),
    );

    expect(alone).toMatchObject([
      {
        status: 'warning',
        confidence: 'medium',
        confidenceReason: expect.stringContaining('day before'),
      },
    ]);
    expect(withDayBefore).toMatchObject([{ status: 'ok', evidence: { trend: 'periodic' } }]);
  });

  it('is certain of a leak that was not there the day before', () => {
    const points = seriesOfLevels((hour) => (hour < 24 ? 200 : 200 + 15 * (hour - 24)), { hours: 36, noise: 2 });

    const findings = evaluateWith({ points });

    expect(findings).toMatchObject([{ status: 'warning', confidence: 'high' }]);
  });

  it('is less certain of a short line', () => {
    const points = seriesOfLevels((hour) => 200 + 40 * hour, { hours: 4, noise: 1 });

    const [finding] = evaluateWith({ points });

    expect(finding?.confidenceReason).toMatch(/less than 6 h/);
  });

  it.each([
    [seriesOfLevels(() => 100, { hours: 2 }), '25 readings of DatabaseConnections over 2 h'],
    [[], '0 readings of DatabaseConnections over 0 s'],
  ])('is unknown with too few readings, and says how many there are', (points, words) => {
    const findings = evaluateWith({ points });

    expect(findings).toMatchObject([{ status: 'unknown', summary: expect.stringContaining(words) }]);
    expect(findings[0]?.advice[0]?.command).toContain('DatabaseConnections');
  });

  it('is unknown when the readings ended long ago', () => {
    const findings = evaluateWith({ points: leak(1), late: 45 });

    expect(findings).toMatchObject([{ status: 'unknown', summary: expect.stringContaining('45 min old') }]);
  });

  it.each(['server', 'cloudwatch'] as const)('is unknown without the source %s', (name) => {
    const findings = evaluateWith({ points: leak(1), sources: { [name]: failed('timeout') } });

    expect(findings).toMatchObject([{ status: 'unknown' }]);
  });

  it('is ok without the server when the connections do not rise', () => {
    const points = seriesOfLevels(() => 40, { noise: 1 });

    expect(evaluateWith({ points, sources: { server: failed('timeout') } })).toMatchObject([{ status: 'ok' }]);
  });

  it('is critical when the connections grew until PostgreSQL was full and nobody can connect', () => {
    const none = skipped('There is no connection to the database.');
    const sources = { connection: failed('slots-exhausted'), server: none, sessions: none } as const;

    const [finding] = evaluateWith({ points: leak(0), sources });

    expect(finding).toMatchObject({ status: 'critical', evidence: { usableSlots: null } });
    expect(finding?.summary).toContain('PostgreSQL is full now');
  });

  describe('by an earlier audit', () => {
    const holder = (user: string, sessions: number) => ({
      user,
      database: user,
      clientAddress: '10.0.3.17',
      application: '',
      sessions,
    });
    const now = sessions({
      groups: [
        sessionGroup({ iam: false, count: 200 }),
        sessionGroup({ user: 'dify', database: 'dify', clientAddress: '10.0.9.9', iam: false, count: 200 }),
      ],
    });

    it.each([
      ['litellm', 100, 200],
      ['others', 200, 100],
      ['unclear', 150, 150],
      ['litellm', 100, 300],
    ])('shows that %s grew where LiteLLM had %i sessions and others %i', (grownBy, litellmBefore, othersBefore) => {
      const holders = [holder('litellm', litellmBefore), holder('dify', othersBefore)];

      const findings = evaluateWith({
        points: leak(2),
        sources: { sessions: seen(now), previous: seen(previous({ holders })) },
      });

      expect(findings).toMatchObject([
        {
          status: 'critical',
          evidence: {
            grownBy,
            sincePreviousAudit: {
              at: '2026-11-22T02:45:00.000Z',
              litellm: { before: litellmBefore, now: 200 },
              others: { before: othersBefore, now: 200 },
            },
          },
        },
      ]);
      expect(JSON.stringify(findings).includes('restart the proxy pods one by one')).toBe(grownBy !== 'others');
    });

    it.each([
      ['is of another start of the server', previous({ serverStartedAt: '2026-10-01T00:00:00.000Z' })],
      ['did not see the server', previous({ serverStartedAt: null })],
      ['did not see the sessions', previous({ sessions: null, holders: [], holderCount: 0 })],
      ['saw some of them without their details', previous({ sessions: 300 })],
      ['was cut', previous({ holderCount: 300 })],
    ])('shows nothing when it %s', (_what, source) => {
      const findings = evaluateWith({
        points: leak(2),
        sources: { sessions: seen(now), previous: seen(source) },
      });

      expect(findings[0]?.evidence).not.toHaveProperty('sincePreviousAudit');
    });
  });

  it('never throws and never shows NaN, for any series', () => {
    fc.assert(
      fc.property(anyPoints, (points) => {
        const [finding] = evaluateWith({ points });

        expect(JSON.stringify(finding)).not.toMatch(/bug in the auditor|NaN|undefined|Infinity/);
        expect(JSON.parse(JSON.stringify(finding?.evidence))).toEqual(finding?.evidence);
      }),
      { numRuns: 50 },
    );
  });
});
