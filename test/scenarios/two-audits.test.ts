import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { audit } from '../../lambda/audit.ts';
import type { Audit } from '../../lambda/report/report.ts';
import { previousOf } from '../../lambda/snapshot/previous.ts';
import { CleanUp } from '../../sandbox/clean-up.ts';
import { startPods } from '../../sandbox/database/pods.ts';
import { perRequestRouter } from '../../sandbox/scenarios/versions.ts';
import { startDatabase } from '../shared-database.ts';
import { credentialVariables, iamTarget, settingsFor } from '../target.ts';

const BUDGET_MS = 20_000;
/** PostgreSQL publishes the counters of a session once a second. */
const BETWEEN_MS = 4000;

function findingOf({ report }: Audit) {
  return report.findings.find(({ checkId }) => checkId === 'per-request-router');
}

it('shows a version of the per-request Router by two audits while pods serve requests, and by one alone not', async () => {
  const cleanUp = new CleanUp();
  try {
    const { litellm, version, pods, maxConnections } = perRequestRouter;
    const database = cleanUp.add(await startDatabase({ maxConnections, litellm: { ...litellm, version } }), (it) =>
      it.stop(),
    );
    for (const [name, value] of Object.entries(credentialVariables(database))) vi.stubEnv(name, value);
    cleanUp.add(await startPods(database, pods), (it) => it.stop());
    // Nothing states the version: no proxy is asked, and migrations show only what has run.
    const settings = settingsFor(iamTarget(database));
    await delay(BETWEEN_MS / 2);

    const first = await audit(settings, BUDGET_MS);
    await delay(BETWEEN_MS);
    const second = await audit(settings, BUDGET_MS, previousOf(first.snapshot));

    expect(findingOf(first)).toMatchObject({ status: 'unknown', evidence: { measured: false } });
    expect(findingOf(second)).toMatchObject({
      status: 'warning',
      confidence: 'medium',
      evidence: { measured: true, lookupPerRequest: 'yes', routerPerRequest: 'yes' },
    });
  } finally {
    vi.unstubAllEnvs();
    await cleanUp.run();
  }
}, 60_000);
