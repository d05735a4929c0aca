import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { settingsForSaved } from '../cli/saved.ts';
import { judge } from '../lambda/report/build.ts';
import { tuningSchema } from '../lambda/settings/tuning.ts';
import { parseSnapshot } from '../lambda/snapshot/saved.ts';
import { PLANTED_SECRETS } from '../sandbox/database/litellm-config.ts';
import { SCENARIOS } from '../sandbox/scenarios/registry.ts';
import { FIRST_CAUSES } from './scenarios/first-causes.ts';

/** Saved by `npm run fixtures`, one for each scenario. */
function saved(name: string): string {
  return readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8');
}

function result(name: string) {
  const snapshot = parseSnapshot(saved(name));
  return judge(snapshot, settingsForSaved(snapshot, tuningSchema.parse(SCENARIOS.get(name)?.tuning ?? {})), 0);
}

describe('a saved snapshot', () => {
  it.each(Object.entries(FIRST_CAUSES))('gives the first cause again when it is of %s', (name, cause) => {
    expect(result(name).diagnosis.causes[0]?.id).toBe(cause);
  });

  it('gives no finding above info again when it is of healthy', () => {
    const { findings } = result('healthy');

    expect(findings.filter(({ status }) => status !== 'ok' && status !== 'info')).toEqual([]);
  });

  it.each([...SCENARIOS.keys()])('holds no secret when it is of %s', (name) => {
    const text = saved(name);

    expect(PLANTED_SECRETS.filter((secret) => text.includes(secret))).toEqual([]);
  });
});
