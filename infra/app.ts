import { App } from 'aws-cdk-lib';
import cdk from '../cdk.json' with { type: 'json' };
import type { Config } from './config.ts';
import { AuditorStack } from './stack.ts';

export interface AppOptions {
  /** The folder that `synth()` writes the cloud assembly to; a temporary one by default. */
  readonly outdir?: string;
  /** Added to the context of cdk.json. */
  readonly context?: { readonly [name: string]: unknown };
  /** Validate the templates with CDK's rules for CloudFormation, as the CDK command does. Off by default: the rules take seconds to load. */
  readonly validate?: boolean;
}

/** The app with a stack per database, without the CDK command but with the same feature flags. */
export function buildApp(config: Config, { outdir, context, validate = false }: AppOptions = {}): App {
  const app = new App({
    outdir,
    context: { ...cdk.context, ...context },
    builtinCloudFormationValidation: validate,
  });
  addStacks(app, config);
  return app;
}

/** Adds a stack per database. */
export function addStacks(app: App, config: Config): void {
  for (const [label, database] of Object.entries(config.databases)) new AuditorStack(app, label, database);
}
