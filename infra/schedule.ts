import { Duration, Stack, TimeZone } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleTargetInput,
  TimeWindow,
} from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { DatabaseConfig } from './config-fields.ts';

/** The request of every scheduled run. */
export const AUDIT_REQUEST = { action: 'audit' };

export interface AuditScheduleProps {
  readonly function: IFunction;
  /** Receives the events that could not be delivered to the function. */
  readonly failedEvents: IQueue;
  readonly config: DatabaseConfig['schedule'];
}

/** Runs the function on a schedule of EventBridge Scheduler. */
export function createAuditSchedule(
  scope: Construct,
  id: string,
  { function: auditor, failedEvents, config }: AuditScheduleProps,
): Schedule {
  return new Schedule(scope, id, {
    schedule: ScheduleExpression.expression(
      config.expression,
      config.timezone === undefined ? undefined : TimeZone.of(config.timezone),
    ),
    timeWindow:
      config.flexibleMinutes === undefined
        ? TimeWindow.off()
        : TimeWindow.flexible(Duration.minutes(config.flexibleMinutes)),
    target: new LambdaInvoke(auditor, {
      role: createSchedulerRole(scope, auditor, failedEvents).withoutPolicyUpdates(),
      // The time is the same in each delivery of one event, so that an automatic purge runs once. Without it there is no such purge.
      input: ScheduleTargetInput.fromObject({ ...AUDIT_REQUEST, scheduledAt: ContextAttribute.scheduledTime }),
      // Retries of the delivery to Lambda. The scheduler does not see what the function does with the event.
      retryAttempts: 2,
      maxEventAge: Duration.hours(1),
      deadLetterQueue: failedEvents,
    }),
  });
}

/** CDK's own role may also invoke every version and alias of the function. */
function createSchedulerRole(scope: Construct, auditor: IFunction, failedEvents: IQueue): Role {
  const stack = Stack.of(scope);
  const group = stack.formatArn({ service: 'scheduler', resource: 'schedule-group', resourceName: 'default' });
  return new Role(scope, 'SchedulerRole', {
    description: 'Lets EventBridge Scheduler start the auditor.',
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account, 'aws:SourceArn': group } },
    }),
    inlinePolicies: {
      invoke: new PolicyDocument({
        statements: [
          new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [auditor.functionArn] }),
          new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [failedEvents.queueArn] }),
        ],
      }),
    },
  });
}
