import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildModel } from '../../lambda/model/model.ts';
import { recordMetrics } from '../../lambda/notify/metrics.ts';
import { mixed } from '../report/fixtures.ts';
import { failed, healthySnapshot, seen, server, sessions, settingsFor } from '../snapshots.ts';

describe('recordMetrics', () => {
  let lines: string[];
  beforeEach(() => {
    lines = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      lines.push(String(chunk));
      return true;
    });
    // In JSON log mode Lambda wraps each line of the global console in an object of its own, and CloudWatch finds no metrics in it.
    vi.spyOn(console, 'log').mockImplementation((line) => {
      lines.push(JSON.stringify({ level: 'INFO', message: line }));
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('writes one line of embedded metrics whose only dimension is the database', () => {
    const snapshot = healthySnapshot({
      sources: {
        server: seen(server({ maxConnections: 62, reserved: { superuser: 3, rds: 2, role: 0 } })),
        sessions: seen(sessions({ total: 55, hidden: 0 })),
      },
    });

    recordMetrics(mixed, buildModel(snapshot, settingsFor()).slots);

    expect(lines).toHaveLength(1);
    const { _aws, ...values } = JSON.parse(lines[0] ?? '');
    expect(values).toEqual({
      database: 'prod',
      AuditCompleted: 1,
      Status: 4,
      DurationMs: 1234,
      Sessions: 55,
      UsableSlots: 57,
      HeadroomPercent: 4,
    });
    expect(_aws.CloudWatchMetrics).toMatchObject([{ Namespace: 'LitellmDbAuditor', Dimensions: [['database']] }]);
  });

  it('leaves out what was not seen when a source failed', () => {
    const snapshot = healthySnapshot({ sources: { sessions: failed('timeout') } });

    recordMetrics(mixed, buildModel(snapshot, settingsFor()).slots);

    const { _aws, ...values } = JSON.parse(lines[0] ?? '');
    expect(values).toEqual({ database: 'prod', AuditCompleted: 1, Status: 4, DurationMs: 1234 });
    expect(_aws.CloudWatchMetrics[0].Metrics).toHaveLength(3);
  });
});
