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
/** CloudWatch: period times evaluation periods, for periods from an hour on. */
const LONGEST_LOOK_BACK_DAYS = 7;
const FAILURE_PERIOD_MINUTES = 5;

export interface AlarmsProps {
  readonly function: IFunction;
  readonly functionName: string;
  /** The name people know the database by: the dimension of the metrics. */
  readonly label: string;
  readonly logGroupName: string;
  readonly longestGapMinutes: number;
  readonly topic: ITopic;
}

/** Tells when the auditor itself does not work: a run failed, such as by a message that could not be published, or no audit was completed. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const readLog = `See: aws logs tail ${props.logGroupName} --region ${Stack.of(this).region} --since 3h`;
    const alarms = [
      new Alarm(this, 'AuditFailed', {
        alarmName: `${props.functionName}-audit-failed`,
        alarmDescription: `An audit of the LiteLLM database ${props.label} failed, so its report may have reached nobody; then it is in the log. ${readLog}`,
        ...failures(props.function, props.longestGapMinutes),
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        threshold: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      }),
      new Alarm(this, 'NoAudit', {
        alarmName: `${props.functionName}-no-audit`,
        alarmDescription: `No audit of the LiteLLM database ${props.label} was completed for three times as long as it should take: nobody watches it. After the first deployment this ends with the first audit. ${readLog}`,
        ...silence(props.label, props.longestGapMinutes),
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        threshold: 1,
        treatMissingData: TreatMissingData.BREACHING,
      }),
    ];
    for (const alarm of alarms) {
      const tell = new SnsAction(props.topic);
      alarm.addAlarmAction(tell);
      alarm.addOkAction(tell);
    }
  }
}

/** One failure is enough, and the alarm holds until a whole gap had none: else each audit of a lasting failure would raise and end it. */
function failures(auditor: IFunction, gapMinutes: number) {
  const heldMinutes = Math.min(gapMinutes + FAILURE_PERIOD_MINUTES, DAY_MINUTES);
  return {
    metric: auditor.metricErrors({ period: Duration.minutes(FAILURE_PERIOD_MINUTES), statistic: 'Sum' }),
    evaluationPeriods: Math.ceil(heldMinutes / FAILURE_PERIOD_MINUTES),
    datapointsToAlarm: 1,
  };
}

/** Three gaps without a completed audit, within the 7 days that CloudWatch looks back. */
function silence(label: string, gapMinutes: number): { metric: IMetric; evaluationPeriods: number } {
  const periodMinutes = Math.min(gapMinutes, DAY_MINUTES);
  const period = Duration.minutes(periodMinutes);
  return {
    // FILL, because CloudWatch else looks further back than the evaluation periods for data, and the alarm comes late.
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
