/**
 * `npm run record-case CASE SCENARIO SOURCE SECONDS [ADDRESS=ADDRESS ...]`: gives a case the source that 0.1.0 did not see, as an audit of a scenario sees it
 * on a real PostgreSQL after its state has lasted for so many seconds. Nothing of it is typed in; the case's own addresses may stand for the sandbox's.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { collectSnapshot } from '../../lambda/snapshot/collect/collect.ts';
import { CleanUp } from '../../sandbox/clean-up.ts';
import { startEnvironment } from '../../sandbox/environment.ts';
import { SCENARIOS } from '../../sandbox/scenarios/registry.ts';
import { credentialVariables, iamTarget, settingsFor } from '../target.ts';
import { withRecording } from './recording.ts';

const BUDGET_MS = 20_000;

const [name = '', scenarioName = '', source = '', seconds = '', ...addresses] = process.argv.slice(2);
const scenario = SCENARIOS.get(scenarioName);
if (scenario === undefined) throw new Error(`There is no scenario ${scenarioName}.`);
const file = new URL(`${name}.json`, import.meta.url);
const cleanUp = new CleanUp();
try {
  const { database, connectPods } = await startEnvironment(scenario, {
    cleanUp,
    step: (what) => console.error(`${what} ...`),
    signal: new AbortController().signal,
  });
  Object.assign(process.env, credentialVariables(database));
  await connectPods();
  await delay(Number(seconds) * 1000);
  const { takenAt, sources } = await collectSnapshot(settingsFor(iamTarget(database)), BUDGET_MS);
  const recorded = Object.entries(sources).filter(([each, { status }]) => each === source && status === 'ok');
  if (recorded.length === 0) throw new Error(`The source ${source} was not seen.`);
  const pairs = addresses.map((pair): [string, string] => {
    const [from = '', to = ''] = pair.split('=');
    return [from, to];
  });
  const caseText = await readFile(file, 'utf8');
  await writeFile(
    file,
    withRecording(caseText, { sources: Object.fromEntries(recorded), takenAt, addresses: new Map(pairs) }),
  );
} finally {
  await cleanUp.run();
}
