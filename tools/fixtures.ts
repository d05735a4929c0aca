import { writeFile } from 'node:fs/promises';
import { functionEnvironment } from '../infra/environment.ts';
import { settingsFromEnvironment } from '../lambda/settings/settings.ts';
import { collectSnapshot } from '../lambda/snapshot/collect/collect.ts';
import { snapshotText } from '../lambda/snapshot/saved.ts';
import { CleanUp } from '../sandbox/clean-up.ts';
import { LABEL } from '../sandbox/config.ts';
import { startEnvironment, TOPIC_ARN } from '../sandbox/environment.ts';
import { SCENARIOS } from '../sandbox/scenarios/registry.ts';
import type { Scenario } from '../sandbox/scenarios/scenario.ts';

/** `npm run fixtures`: runs every scenario and saves its snapshot, for the tests to judge again. */
const BUDGET_MS = 60_000;
const FOLDER = new URL('../test/fixtures/', import.meta.url);

for (const [name, scenario] of SCENARIOS) {
  await writeFile(new URL(`${name}.json`, FOLDER), await seenIn(scenario));
  console.log(`test/fixtures/${name}.json`);
}

async function seenIn(scenario: Scenario): Promise<string> {
  const cleanUp = new CleanUp();
  try {
    const context = { cleanUp, step: () => {}, signal: new AbortController().signal };
    const { database, endpoints, config, settled } = await startEnvironment(scenario, context);
    const configured = config.databases[LABEL];
    if (configured === undefined) throw new Error(`The sandbox's configuration lacks ${LABEL}.`);
    const { accessKeyId, secretAccessKey, sessionToken } = database.credentials;
    Object.assign(process.env, endpoints.environment, {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    });
    await settled();
    const settings = settingsFromEnvironment({
      ...functionEnvironment({ label: LABEL, database: configured, topicArn: TOPIC_ARN, caFile: database.caFile }),
      AWS_REGION: database.region,
    });
    return snapshotText(await collectSnapshot(settings, BUDGET_MS));
  } finally {
    await cleanUp.run();
  }
}
