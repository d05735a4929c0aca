/** The app that the CDK command runs. `-c config=FILE` names the configuration; cdk.json has the default. */
import { App } from 'aws-cdk-lib';
import { addStacks } from './app.ts';
import { ConfigError, readConfig } from './config.ts';

try {
  const app = new App();
  addStacks(app, readConfig(String(app.node.getContext('config'))));
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
