import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { severityRank } from '../core/finding.ts';
import type { SlotUse } from '../model/slots.ts';
import { overallStatus, type RenderableReport } from '../report/report.ts';
import { METRIC_NAMESPACE } from '../settings/metric-names.ts';

/**
 * Writes one line of metrics to stdout, in CloudWatch's embedded format, dimension `database`: AuditCompleted (1), Status (0 ok to 4 critical),
 * DurationMs, and where the slots were seen Sessions, UsableSlots and HeadroomPercent (free share of the usable slots).
 */
export function recordMetrics(report: RenderableReport, slots: SlotUse | null): void {
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE });
  // Powertools adds a dimension `service`, and an alarm finds a metric by exactly its dimensions.
  metrics.clearDefaultDimensions();
  metrics.addDimension('database', report.database);
  metrics.addMetric('AuditCompleted', MetricUnit.Count, 1);
  metrics.addMetric('Status', MetricUnit.NoUnit, severityRank(overallStatus(report)));
  metrics.addMetric('DurationMs', MetricUnit.Milliseconds, report.durationMs);
  if (slots !== null) {
    const { usable, used, usedPercent } = slots;
    metrics.addMetric('Sessions', MetricUnit.Count, used);
    metrics.addMetric('UsableSlots', MetricUnit.Count, usable);
    metrics.addMetric('HeadroomPercent', MetricUnit.Percent, Math.max(0, 100 - usedPercent));
  }
  metrics.publishStoredMetrics();
}
