import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { inject, vi } from 'vitest';
import type { Config } from '../infra/config.ts';
import { functionEnvironment } from '../infra/environment.ts';
import { MEMORY_TABLE } from '../sandbox/aws/dynamodb.ts';
import { LABEL, sandboxConfig } from '../sandbox/config.ts';
import { TOPIC_ARN } from '../sandbox/environment.ts';
import { type LambdaFunction, lambdaFunctionSchema } from '../sandbox/lambda/function.ts';
import { packageFunction } from '../sandbox/lambda/package.ts';

/**
 * The function as `packageFunction` makes it. That takes seconds, so it is done once for all files of a run: the first caller in any process
 * does it, the others wait.
 */
export async function sharedFunction(): Promise<LambdaFunction> {
  const folder = join(inject('runFolder'), 'function');
  const file = join(folder, 'function.json');
  const isFirst = await mkdir(folder).then(
    () => true,
    () => false,
  );
  if (isFirst) await makeFunction(folder, file);
  return vi.waitFor(async () => lambdaFunctionSchema.parse(JSON.parse(await readFile(file, 'utf8'))), {
    timeout: 50_000,
    interval: 50,
  });
}

/** The shared function as it would be deployed with a configuration of `sandboxConfig`: those differ in its environment and its CAs only. */
export function configured(lambda: LambdaFunction, { databases: { [LABEL]: database } }: Config): LambdaFunction {
  if (database === undefined) throw new Error(`The configuration has no database ${LABEL}.`);
  const { caFile } = database;
  const environment = functionEnvironment({
    label: LABEL,
    database,
    topicArn: TOPIC_ARN,
    memoryTable: MEMORY_TABLE,
    caFile,
  });
  return { ...lambda, environment };
}

async function makeFunction(folder: string, file: string): Promise<void> {
  try {
    const caFile = join(folder, 'ca.pem');
    await writeFile(caFile, rootCertificates[0] ?? '');
    const config = sandboxConfig({
      host: 'localhost',
      port: 9,
      databaseName: 'litellm',
      auditorUser: 'litellm_auditor',
      caFile,
      region: 'eu-central-1',
    });
    const lambda = await packageFunction({ config, label: LABEL, topicArn: TOPIC_ARN, folder: join(folder, 'out') });
    await writeFile(`${file}.part`, JSON.stringify(lambda));
    // Whole as soon as it is there.
    await rename(`${file}.part`, file);
  } catch (error) {
    await rm(folder, { recursive: true });
    throw error;
  }
}
