import { describe, expect, it, vi } from 'vitest';
import { functionEnvironment } from '../../infra/environment.ts';
import { audit } from '../../lambda/audit.ts';
import { settingsFromEnvironment } from '../../lambda/settings/settings.ts';
import type { Snapshot } from '../../lambda/snapshot/snapshot.ts';
import { MEMORY_TABLE } from '../../sandbox/aws/dynamodb.ts';
import { CleanUp } from '../../sandbox/clean-up.ts';
import { LABEL } from '../../sandbox/config.ts';
import { startEnvironment, TOPIC_ARN } from '../../sandbox/environment.ts';
import { SCENARIOS } from '../../sandbox/scenarios/registry.ts';
import { startDatabase } from '../shared-database.ts';
import { credentialVariables } from '../target.ts';
import { NAMES } from './cases.ts';
import { RECORDED, recordedFile } from './recorded.ts';

const BUDGET_MS = 20_000;

/** What an audit sees in the scenario, with the settings of the function. */
async function snapshotIn(name: string): Promise<Snapshot> {
  const scenario = SCENARIOS.get(name);
  if (scenario === undefined) throw new Error(`There is no scenario ${name}.`);
  const cleanUp = new CleanUp();
  try {
    const { database, endpoints, config, connectPods } = await startEnvironment(scenario, {
      cleanUp,
      step: () => {},
      signal: new AbortController().signal,
      openDatabase: startDatabase,
    });
    const own = config.databases[LABEL];
    if (own === undefined) throw new Error('The sandbox is not configured.');
    for (const [variable, value] of Object.entries({ ...credentialVariables(database), ...endpoints.environment })) {
      vi.stubEnv(variable, value);
    }
    await connectPods();
    const { caFile } = own;
    const variables = functionEnvironment({
      label: LABEL,
      database: own,
      topicArn: TOPIC_ARN,
      memoryTable: MEMORY_TABLE,
      caFile,
    });
    const settings = settingsFromEnvironment({ ...variables, AWS_REGION: database.region });
    return (await audit(settings, BUDGET_MS)).snapshot;
  } finally {
    vi.unstubAllEnvs();
    await cleanUp.run();
  }
}

describe('what a case lacked', () => {
  it.each(Object.entries(RECORDED))(
    'is what the scenario shows when it is %s',
    async (name, { scenario, take }) => {
      const seen = take((await snapshotIn(scenario)).sources);

      await expect(`${JSON.stringify(seen, null, 2)}\n`).toMatchFileSnapshot(recordedFile(name));
    },
    60_000,
  );

  it('belongs to a case', () => {
    expect(NAMES).toEqual(expect.arrayContaining(Object.keys(RECORDED)));
  });
});
