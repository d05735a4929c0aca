import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type LambdaFunction, lambdaFunctionSchema } from './function.ts';
import type { PackageRequest } from './synthesis.ts';

const SYNTHESIS = fileURLToPath(new URL('synthesis.ts', import.meta.url));

/**
 * Synthesizes the stack of one database into a folder and takes the audit function out of it: the bundle that `cdk deploy` would upload, with
 * the settings and variables of the template. It runs in a separate process, because CDK blocks its process and writes to stderr.
 * @throws Error with the output of that process when there is no such function, or the template contains what only CloudFormation can resolve
 */
export async function packageFunction(request: PackageRequest): Promise<LambdaFunction> {
  const { stdout } = await promisify(execFile)(process.execPath, [SYNTHESIS, JSON.stringify(request)], {
    // CDK's validation of the template takes longer than all the rest, and nothing is deployed from here. `cdk synth` does it.
    env: { ...process.env, CDK_VALIDATION: 'false' },
  });
  return lambdaFunctionSchema.parse(JSON.parse(stdout));
}
