import { describe, expect, it } from 'vitest';
import { SCENARIOS } from '../../sandbox/scenarios/registry.ts';
import type { Scenario } from '../../sandbox/scenarios/scenario.ts';
import { FIRST_CAUSES } from './first-causes.ts';
import { runScenario } from './run.ts';

/** The default of `npm start`, which start.test.ts runs. */
const DEFAULT = 'mixed';

function scenario(name: string): Scenario {
  const found = SCENARIOS.get(name);
  if (found === undefined) throw new Error(`There is no scenario ${name}.`);
  return found;
}

describe('a scenario', () => {
  it.each(Object.entries(FIRST_CAUSES))(
    'has its cause first when it is %s',
    async (name, cause) => {
      const { diagnosis, notification } = await runScenario(scenario(name));

      expect(diagnosis.causes[0]?.id).toBe(cause);
      expect(notification.status).toBe('published');
    },
    60_000,
  );

  it('has no finding above info, no cause and no message when it is healthy', async () => {
    const { findings, diagnosis, notification } = await runScenario(scenario('healthy'));

    expect(findings.filter(({ status }) => status !== 'ok' && status !== 'info')).toEqual([]);
    expect(diagnosis.causes).toEqual([]);
    expect(notification.status).toBe('skipped');
  }, 60_000);

  it('is run by a test when it is in the registry', () => {
    const tested = [DEFAULT, 'healthy', ...Object.keys(FIRST_CAUSES)];

    expect([...SCENARIOS.keys()]).toEqual(tested);
  });
});
