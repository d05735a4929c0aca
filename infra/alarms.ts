import { Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { METRIC_NAMESPACE } from '../lambda/settings/metric-names.ts';

const DAY_MINUTES = 1440;
/** CloudWatch's limit of period times evaluation periods, for periods of an hour or more. */
const LONGEST_LOOK_BACK_DAYS = 7;
const FAILURE_PERIOD_MINUTES = 5;

export interface AlarmsProps {
  readonly function: IFunction;
  readonly functionName: string;
  /** The name of the database in reports: the dimension of the metrics. */
  readonly label: string;
  readonly logGroupName: string;
  readonly longestGapMinutes: number;
  readonly topic: ITopic;
}

/** Alarms on the auditor itself: a run failed, for example because its message was not published, or no audit completes. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const readLog = `See the log: aws logs tail ${props.logGroupName} --region ${Stack.of(this).region} --since 3h`;
    const alarms = [
      new Alarm(this, 'AuditFailed', {
        alarmName: `${props.functionName}-audit-failed`,
        alarmDescription: `An audit of the LiteLLM database ${props.label} failed. Its report may not have been published; then it is in the log. ${readLog}`,
        ...failedRuns(props.function, props.longestGapMinutes),
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        threshold: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      }),
      new Alarm(this, 'NoAudit', {
        alarmName: `${props.functionName}-no-audit`,
        alarmDescription: `No audit of the LiteLLM database ${props.label} completed within three times its longest interval: the database is not monitored. After the first deployment this is normal until the first audit. ${readLog}`,
        ...missingAudits(props.label, props.longestGapMinutes),
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        threshold: 1,
        treatMissingData: TreatMissingData.BREACHING,
      }),
    ];
    for (const alarm of alarms) {
      const publish = new SnsAction(props.topic);
      alarm.addAlarmAction(publish);
      alarm.addOkAction(publish);
    }
  }
}

/** One failure raises the alarm, and a whole gap without failure ends it. Otherwise a lasting failure would raise and end it with each audit. */
function failedRuns(auditor: IFunction, gapMinutes: number) {
  const lookBackMinutes = Math.min(gapMinutes + FAILURE_PERIOD_MINUTES, DAY_MINUTES);
  return {
    metric: auditor.metricErrors({ period: Duration.minutes(FAILURE_PERIOD_MINUTES), statistic: 'Sum' }),
    evaluationPeriods: Math.ceil(lookBackMinutes / FAILURE_PERIOD_MINUTES),
    datapointsToAlarm: 1,
  };
}

/** Three gaps without a completed audit, at most the 7 days that CloudWatch looks back. */
function missingAudits(label: string, gapMinutes: number): { metric: IMetric; evaluationPeriods: number } {
  const periodMinutes = Math.min(gapMinutes, DAY_MINUTES);
  const period = Duration.minutes(periodMinutes);
  return {
    // Without FILL, CloudWatch looks for data further back than the evaluation periods, and the alarm is late.
    metric: new MathExpression({
      expression: 'FILL(completed, 0)',
      label: 'Completed audits',
      period,
      usingMetrics: {
        completed: new Metric({
          // As lambda/report/metrics.ts writes it.
          namespace: METRIC_NAMESPACE,
          metricName: 'AuditCompleted',
          dimensionsMap: { database: label },
          statistic: 'Sum',
          period,
        }),
      },
    }),
    evaluationPeriods: Math.min(Math.ceil((3 * gapMinutes) / periodMinutes), LONGEST_LOOK_BACK_DAYS),
  };
}
