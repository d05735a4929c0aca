import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { functionEnvironment } from '../../infra/environment.ts';
import type { Report } from '../../lambda/report/report.ts';
import { CleanUp } from '../../sandbox/clean-up.ts';
import { LABEL, sandboxConfig } from '../../sandbox/config.ts';
import { startEnvironment, TOPIC_ARN } from '../../sandbox/environment.ts';
import type { LambdaFunction } from '../../sandbox/lambda/function.ts';
import { packageFunction } from '../../sandbox/lambda/package.ts';
import { LambdaRuntime } from '../../sandbox/lambda/runtime.ts';
import { readReport } from '../../sandbox/report.ts';
import type { Scenario } from '../../sandbox/scenarios/scenario.ts';

/** The bundle, packaged once for all scenarios: they differ in the environment only. */
export interface Bundle {
  readonly lambda: LambdaFunction;
  remove(): Promise<void>;
}

export async function makeBundle(): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'auditor-scenarios-'));
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, rootCertificates[0] ?? '');
  const place = {
    host: 'localhost',
    port: 9,
    databaseName: 'litellm',
    auditorUser: 'litellm_auditor',
    caFile,
    region: 'eu-central-1',
  } as const;
  const lambda = await packageFunction({ config: sandboxConfig(place), label: LABEL, topicArn: TOPIC_ARN, folder });
  return { lambda, remove: () => rm(folder, { recursive: true }) };
}

/** The report of the function in the scenario. Everything is stopped when it resolves. */
export async function runScenario(scenario: Scenario, { lambda }: Bundle): Promise<Report> {
  const cleanUp = new CleanUp();
  const { signal } = new AbortController();
  try {
    const { database, endpoints, config, settled } = await startEnvironment(scenario, {
      cleanUp,
      step: () => {},
      signal,
    });
    const { [LABEL]: configured } = config.databases;
    if (configured === undefined) throw new Error('The configuration has no database.');
    const { caFile } = configured;
    const environment = functionEnvironment({ label: LABEL, database: configured, topicArn: TOPIC_ARN, caFile });
    const { region, credentials } = database;
    const place = { region, credentials, environment: endpoints.environment };
    const runtime = cleanUp.add(await LambdaRuntime.start({ ...lambda, environment }, place), (it) => it.stop());
    await settled();
    return readReport(await runtime.invoke({}));
  } finally {
    await cleanUp.run();
  }
}
