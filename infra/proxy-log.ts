import { FilterPattern, LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { proxyErrorMetrics } from '../lambda/settings/metric-names.ts';

/** Prisma's code for a pool that had no free connection in time. */
const POOL_TIMEOUT = 'P2024';

export interface ProxyLogProps {
  /** The name people know the database by. */
  readonly label: string;
  readonly logGroupName: string;
}

/**
 * Counts the lines of an existing log group that tell of failed connections, from its deployment on. While there are none nothing is written,
 * and nothing costs.
 */
export class ProxyLog extends Construct {
  constructor(scope: Construct, id: string, { label, logGroupName }: ProxyLogProps) {
    super(scope, id);
    const logGroup = LogGroup.fromLogGroupName(this, 'Log', logGroupName);
    const { namespace, connectionAttemptsFailed, poolTimeouts } = proxyErrorMetrics(label);
    const lines = [
      [connectionAttemptsFailed, 'All connection attempts failed'],
      [poolTimeouts, POOL_TIMEOUT],
    ] as const;
    for (const [metricName, words] of lines) {
      new MetricFilter(this, metricName, {
        logGroup,
        filterPattern: FilterPattern.allTerms(words),
        metricNamespace: namespace,
        metricName,
        metricValue: '1',
      });
    }
  }
}
