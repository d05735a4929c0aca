/** The process of `packageFunction`: a request as its argument, the function as JSON on stdout. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { buildApp } from '../../infra/app.ts';
import type { Config } from '../../infra/config.ts';
import { MEMORY_TABLE } from '../aws/dynamodb.ts';
import type { LambdaFunction } from './function.ts';

const requestSchema = z.object({
  /** As returned by `parseConfig`. */
  config: z.custom<Config>(),
  /** The database's name in it. */
  label: z.string(),
  /** Replaces the stack's own topic, which has no ARN before it is deployed. */
  topicArn: z.string(),
  /** An empty folder for the cloud assembly; the function runs in it. */
  folder: z.string(),
});
export type PackageRequest = z.infer<typeof requestSchema>;

type Resources = Readonly<Record<string, { readonly Type: string }>>;

const templateSchema = z.object({ Resources: z.record(z.string(), z.looseObject({ Type: z.string() })) });
const functionSchema = z.object({
  Type: z.literal('AWS::Lambda::Function'),
  Properties: z.object({
    Code: z.object({ S3Key: z.string() }),
    FunctionName: z.string(),
    Handler: z.string(),
    Runtime: z.string(),
    Timeout: z.number(),
    MemorySize: z.number(),
    Environment: z.object({
      Variables: z
        .object({ AUDITOR_DATABASE: z.string() })
        .catchall(z.union([z.string(), z.strictObject({ Ref: z.string() })])),
    }),
    LoggingConfig: z
      .object({ LogFormat: z.enum(['JSON', 'Text']), ApplicationLogLevel: z.string().optional() })
      .optional(),
  }),
});
type FunctionProperties = z.infer<typeof functionSchema>['Properties'];
const assetsSchema = z.object({ files: z.record(z.string(), z.object({ source: z.object({ path: z.string() }) })) });
type Assets = z.infer<typeof assetsSchema>;

process.stdout.write(JSON.stringify(await synthesize(requestSchema.parse(JSON.parse(process.argv[2] ?? '')))));

async function synthesize({ config, label, topicArn, folder }: PackageRequest): Promise<LambdaFunction> {
  for (const stack of buildApp(config, { outdir: folder }).synth().stacks) {
    const { Resources: resources } = templateSchema.parse(await readJson(stack.templateFullPath));
    const properties = auditFunction(resources, label);
    if (!properties) continue;
    const assets = assetsSchema.parse(await readJson(join(folder, `${stack.id}.assets.json`)));
    const { LoggingConfig: logging } = properties;
    checkRuntime(properties.Runtime);
    return {
      name: properties.FunctionName,
      taskRoot: join(folder, assetPath(assets, properties.Code.S3Key)),
      handler: properties.Handler,
      timeoutSeconds: properties.Timeout,
      memoryMb: properties.MemorySize,
      environment: resolveVariables(properties, resources, topicArn),
      logging: logging && { format: logging.LogFormat, level: logging.ApplicationLogLevel },
    };
  }
  throw new Error(`No stack has an audit function for the database ${label}.`);
}

function auditFunction(resources: Resources, label: string): FunctionProperties | undefined {
  return Object.values(resources)
    .map((resource) => functionSchema.safeParse(resource).data?.Properties)
    .find((properties) => properties?.Environment.Variables.AUDITOR_DATABASE === label);
}

function checkRuntime(runtime: string): void {
  const here = `nodejs${process.versions.node.split('.')[0]}.x`;
  if (runtime === here) return;
  throw new Error(`The function runs on ${runtime} and this is ${here}. Start it with npm, which uses the right Node.`);
}

function assetPath({ files }: Assets, key: string): string {
  const file = files[key.replace(/\.zip$/, '')];
  if (!file) throw new Error(`The asset manifest has no ${key}.`);
  return file.source.path;
}

function resolveVariables(
  { Environment }: FunctionProperties,
  resources: Resources,
  topicArn: string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(Environment.Variables).map(([name, value]) => {
      if (typeof value === 'string') return [name, value];
      const type = resources[value.Ref]?.Type;
      if (type === 'AWS::SNS::Topic') return [name, topicArn];
      if (type === 'AWS::DynamoDB::Table') return [name, MEMORY_TABLE];
      throw new Error(`The variable ${name} refers to ${value.Ref}, which only CloudFormation can resolve.`);
    }),
  );
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'));
}
