import type { Caller } from './authorization.ts';
import { cloudWatchService, type MetricState } from './cloudwatch.ts';
import { dynamoDbService, startDynamoDb } from './dynamodb.ts';
import { type RdsState, rdsService } from './rds.ts';
import { type Endpoint, startEndpoint } from './service.ts';
import { type Published, type SnsTopic, snsService } from './sns.ts';

export interface EndpointOptions extends Caller {
  readonly topics: readonly SnsTopic[];
  readonly rds: RdsState;
  readonly metrics?: MetricState;
}

/** Stand-ins on loopback for the AWS endpoints that the function calls. */
export interface AwsEndpoints {
  /** The SDK's own settings that direct its clients here. */
  readonly environment: Readonly<Record<string, string>>;
  /** `published` has every message that SNS accepted, oldest first. */
  readonly sns: Endpoint & { readonly published: readonly Published[] };
  readonly rds: Endpoint;
  readonly cloudwatch: Endpoint;
  /** With the auditor's table. */
  readonly dynamodb: Endpoint;
  stop(): Promise<void>;
}

/** Starts them on free ports. Each answers only what is signed with the given credentials for its service and the region. */
export async function startEndpoints(options: EndpointOptions): Promise<AwsEndpoints> {
  const published: Published[] = [];
  const tables = await startDynamoDb();
  const [sns, rds, cloudwatch, dynamodb] = await Promise.all([
    startEndpoint(snsService(options.region, options.topics, published), options),
    startEndpoint(rdsService(options.rds), options),
    startEndpoint(cloudWatchService(options.metrics ?? { series: [] }), options),
    startEndpoint(dynamoDbService(tables.url), options),
  ]);
  return {
    environment: {
      AWS_ENDPOINT_URL_SNS: sns.url,
      AWS_ENDPOINT_URL_RDS: rds.url,
      AWS_ENDPOINT_URL_CLOUDWATCH: cloudwatch.url,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
    },
    sns: { ...sns, published },
    rds,
    cloudwatch,
    dynamodb,
    async stop() {
      await Promise.all([sns.stop(), rds.stop(), cloudwatch.stop(), dynamodb.stop(), tables.stop()]);
    },
  };
}
