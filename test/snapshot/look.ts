import { vi } from 'vitest';
import type { Settings, Target } from '../../lambda/settings/settings.ts';
import type { Tuning } from '../../lambda/settings/tuning.ts';
import { collectSnapshot } from '../../lambda/snapshot/collect/collect.ts';
import type { SourceName, SourceResult, Sources } from '../../lambda/snapshot/snapshot.ts';
import type { SandboxDatabase } from '../../sandbox/database/database.ts';
import { credentialVariables, iamTarget, settingsFor } from '../target.ts';

const BUDGET_MS = 20_000;
const VERSION = '1.108.13';

/** What the auditor sees of a sandbox database. Credentials that a test has set already are left as they are. */
export async function look(
  database: SandboxDatabase,
  target: Partial<Target> = {},
  tuning: Partial<Tuning> = {},
  place: Pick<Partial<Settings>, 'proxy' | 'proxyLogMetrics'> = {},
): Promise<Sources> {
  for (const [name, value] of Object.entries(credentialVariables(database))) {
    if (process.env[name] === undefined) vi.stubEnv(name, value);
  }
  const settings = settingsFor(iamTarget(database, target), { litellmVersion: VERSION, ...tuning });
  return (await collectSnapshot({ ...settings, ...place }, BUDGET_MS)).sources;
}

/** The kind of failure, or `ok` or `skipped`. */
export function kindOf(source: Sources[SourceName]): string {
  return source.status === 'failed' ? source.failure.kind : source.status;
}

export function seen<Value>(source: SourceResult<Value>): Value {
  if (source.status !== 'ok') throw new Error(`It was not seen: ${JSON.stringify(source)}`);
  return source.value;
}
