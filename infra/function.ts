import { Duration } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  type IDestination,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { bundledCode, CA_FILE } from './bundle.ts';
import { fileCertificates, regionCertificates } from './certificates.ts';
import type { DatabaseConfig } from './config-fields.ts';
import { functionEnvironment } from './environment.ts';
import type { FunctionNetwork } from './network.ts';

export interface AuditorFunctionProps {
  readonly functionName: string;
  /** The name of the database in reports. */
  readonly label: string;
  readonly database: DatabaseConfig;
  readonly network: FunctionNetwork;
  readonly role: IRole;
  readonly logGroup: ILogGroup;
  readonly topicArn: string;
  readonly memoryTable: string;
  /** Lambda sends it the event of a run that failed. */
  readonly onFailure: IDestination;
}

/** The function that audits, bundled with the CAs that it trusts. */
export function createAuditorFunction(scope: Construct, id: string, props: AuditorFunctionProps): LambdaFunction {
  const { database, label, topicArn, memoryTable, network, ...lambda } = props;
  const certificates =
    database.caFile === undefined ? regionCertificates(database.region) : fileCertificates(database.caFile);
  return new LambdaFunction(scope, id, {
    ...lambda,
    ...network,
    description: `Audits the LiteLLM database ${label}.`,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    code: bundledCode(certificates),
    handler: 'index.handler',
    memorySize: database.memoryMb,
    timeout: Duration.seconds(database.timeoutSeconds),
    environment: functionEnvironment({ label, database, topicArn, memoryTable, caFile: certificates && CA_FILE }),
    loggingFormat: LoggingFormat.JSON,
    systemLogLevelV2: SystemLogLevel.INFO,
    applicationLogLevelV2: ApplicationLogLevel.INFO,
    // One span per run would show no more than the durations in the report.
    tracing: Tracing.DISABLED,
    // The next scheduled audit is soon; an immediate retry would mostly fail in the same way.
    retryAttempts: 0,
    // With a concurrency of one, an event can wait for a run to end. An event that waited longer is out of date.
    maxEventAge: Duration.minutes(15),
    // Two audits at once would hold two connections of a database that may have none left.
    ...(database.reserveConcurrency ? { reservedConcurrentExecutions: 1 } : {}),
  });
}
