import type { Report } from '../../lambda/report/report.ts';
import { CleanUp } from '../../sandbox/clean-up.ts';
import { startEnvironment } from '../../sandbox/environment.ts';
import { LambdaRuntime } from '../../sandbox/lambda/runtime.ts';
import { readReport } from '../../sandbox/report.ts';
import type { Scenario } from '../../sandbox/scenarios/scenario.ts';
import { startDatabase } from '../shared-database.ts';
import { configured, sharedFunction } from '../shared-function.ts';

const WITH_MESSAGE = { action: 'audit', notify: true };

/** The report of the function in the scenario; by default with a message, whatever it finds. Everything is stopped when it resolves. */
export async function runScenario(scenario: Scenario, request: object = WITH_MESSAGE): Promise<Report> {
  const cleanUp = new CleanUp();
  const { signal } = new AbortController();
  try {
    const lambda = await sharedFunction();
    const { database, endpoints, config, connectPods } = await startEnvironment(scenario, {
      cleanUp,
      step: () => {},
      signal,
      openDatabase: startDatabase,
    });
    const { region, credentials } = database;
    const place = { region, credentials, environment: endpoints.environment };
    const runtime = cleanUp.add(await LambdaRuntime.start(configured(lambda, config), place), (it) => it.stop());
    await connectPods();
    return readReport(await runtime.invoke(request));
  } finally {
    await cleanUp.run();
  }
}
