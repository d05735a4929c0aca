import type { CheckFinding } from '../../lambda/checks/registry.ts';
import { runChecks } from '../../lambda/checks/run.ts';
import { buildModel } from '../../lambda/model/model.ts';
import type { Tuning } from '../../lambda/settings/tuning.ts';
import type { Sources } from '../../lambda/snapshot/snapshot.ts';
import type { SandboxDatabase } from '../../sandbox/database/database.ts';
import { look } from '../snapshot/look.ts';
import { healthySnapshot } from '../snapshots.ts';
import { iamTarget, settingsFor } from '../target.ts';

/** What the checks find in a database as it is now, with `known` in place of the sources of those names. */
export async function findingsOn(
  database: SandboxDatabase,
  tuning: Partial<Tuning> = {},
  known: Partial<Sources> = {},
): Promise<readonly CheckFinding[]> {
  const { litellmVersion } = tuning;
  const sources = { ...(await look(database, {}, tuning)), ...known };
  const configured = litellmVersion === undefined ? {} : { configuredVersion: litellmVersion };
  const snapshot = { ...healthySnapshot(configured), takenAt: new Date().toISOString(), sources };
  const settings = settingsFor(iamTarget(database), tuning);
  return runChecks(snapshot, buildModel(snapshot, settings), settings);
}
