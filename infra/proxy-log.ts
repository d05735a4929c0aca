import { FilterPattern, LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { proxyErrorMetrics } from '../lambda/settings/metric-names.ts';

/** What LiteLLM logs of a timeout while it waits for a free connection of the pool; Prisma's code P2024 is in no line. */
const POOL_TIMEOUT = 'Timed out fetching a new connection from the connection pool';

export interface ProxyLogProps {
  /** The name of the database in reports. */
  readonly label: string;
  readonly logGroupName: string;
}

/**
 * Counts the lines of an existing log group that report failed connections, from the deployment on. Without such lines no metric is written,
 * and there is no cost.
 */
export class ProxyLog extends Construct {
  constructor(scope: Construct, id: string, { label, logGroupName }: ProxyLogProps) {
    super(scope, id);
    const logGroup = LogGroup.fromLogGroupName(this, 'Log', logGroupName);
    const { namespace, connectionAttemptsFailed, poolTimeouts } = proxyErrorMetrics(label);
    const termByMetric = [
      [connectionAttemptsFailed, 'All connection attempts failed'],
      [poolTimeouts, POOL_TIMEOUT],
    ] as const;
    for (const [metricName, term] of termByMetric) {
      new MetricFilter(this, metricName, {
        logGroup,
        filterPattern: FilterPattern.allTerms(term),
        metricNamespace: namespace,
        metricName,
        metricValue: '1',
      });
    }
  }
}
