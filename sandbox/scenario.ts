import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AwsEndpoints } from './aws/endpoints.ts';
import { LABEL } from './config.ts';
import { type Context, startEnvironment, TOPIC_ARN } from './environment.ts';
import { packageFunction } from './lambda/package.ts';
import { LambdaRuntime } from './lambda/runtime.ts';
import type { Scenario } from './scenarios/scenario.ts';

interface Started {
  readonly endpoints: AwsEndpoints;
  readonly runtime: LambdaRuntime;
}

/**
 * Starts a scenario, and the function as the stack packages it for it.
 * @throws AbortError when it is cancelled
 */
export async function startScenario(scenario: Scenario, context: Context): Promise<Started> {
  const { cleanUp, step } = context;
  const { database, endpoints, config, connectPods } = await startEnvironment(scenario, context);
  step('Synthesizing the stack and bundling the function');
  const folder = cleanUp.add(await mkdtemp(join(tmpdir(), 'litellm-db-auditor-')), (it) => rm(it, { recursive: true }));
  const lambda = await packageFunction({ config, label: LABEL, topicArn: TOPIC_ARN, folder });
  const { region, credentials } = database;
  const { environment } = endpoints;
  const place = { region, credentials, environment };
  const runtime = cleanUp.add(await LambdaRuntime.start(lambda, place), (it) => it.stop());
  await connectPods();
  return { endpoints, runtime };
}
