import { FilterPattern, LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { filterPattern, LOG_PHRASE_IDS, LOG_PHRASES, logNamespace } from '../lambda/litellm/log-phrases.ts';

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
    for (const phrase of LOG_PHRASE_IDS) {
      const { metric } = LOG_PHRASES[phrase];
      new MetricFilter(this, metric, {
        logGroup,
        filterPattern: FilterPattern.literal(filterPattern(phrase)),
        metricNamespace: logNamespace(label),
        metricName: metric,
        metricValue: '1',
      });
    }
  }
}
