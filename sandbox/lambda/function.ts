import { z } from 'zod';
import type { Credentials } from '../aws/sigv4.ts';

/** A Lambda function as it is deployed. */
export const lambdaFunctionSchema = z.object({
  name: z.string(),
  /** The folder that Lambda unpacks the bundle into. */
  taskRoot: z.string(),
  /** `index.handler` */
  handler: z.string(),
  timeoutSeconds: z.number(),
  memoryMb: z.number(),
  environment: z.record(z.string(), z.string()),
  /** The level is INFO, WARN ...; only the JSON format has one. */
  logging: z.object({ format: z.enum(['JSON', 'Text']), level: z.string().optional() }).optional(),
});
export type LambdaFunction = Readonly<z.infer<typeof lambdaFunctionSchema>>;

/** Where it runs, and with which credentials. */
export interface LambdaPlace {
  readonly region: string;
  /** Of the function's role. */
  readonly credentials: Credentials;
  /** 123456789012 by default. */
  readonly accountId?: string;
  /** Added to the function's own variables: they direct the SDK to the stand-ins. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** arn:aws:lambda:REGION:ACCOUNT:function:NAME */
export function functionArn({ name }: LambdaFunction, { region, accountId = '123456789012' }: LambdaPlace): string {
  return `arn:aws:lambda:${region}:${accountId}:function:${name}`;
}

/**
 * The whole environment of the function's process: Lambda's own variables, which a function cannot override (Lambda developer guide,
 * "Defined runtime environment variables"), and the function's.
 * @param runtimeApi host:port
 */
export function lambdaEnvironment(
  { name, taskRoot, handler, memoryMb, environment, logging }: LambdaFunction,
  place: LambdaPlace,
  runtimeApi: string,
  path: string,
): Readonly<Record<string, string>> {
  const { accessKeyId, secretAccessKey, sessionToken } = place.credentials;
  return {
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    PATH: path,
    // Lambda sets none. Without it, the SDK would read the ~/.aws of the user who runs the sandbox.
    HOME: taskRoot,
    ...environment,
    ...place.environment,
    _HANDLER: handler,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
    ...(logging?.level === undefined ? {} : { AWS_LAMBDA_LOG_LEVEL: logging.level }),
    AWS_DEFAULT_REGION: place.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${process.versions.node.split('.')[0]}.x`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: logging?.format ?? 'Text',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/01/[$LATEST]00000000000000000000000000000000',
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    AWS_REGION: place.region,
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    LAMBDA_TASK_ROOT: taskRoot,
  };
}
