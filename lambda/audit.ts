import type { Audit } from './report/report.ts';
import type { Settings } from './settings/settings.ts';
import { collectSnapshot } from './snapshot/collect/collect.ts';
import type { PreviousSource, ProxyLogSource } from './snapshot/snapshot.ts';

/**
 * Reads, evaluates and reports; changes nothing and sends nothing. Never throws: what cannot be seen is a finding.
 * @param budgetMs the longest the reading may take
 * @param previous what an earlier audit of the same database saw, or will be known to have seen; undefined when none is known. It must not reject.
 * @param proxyLog what a log that was given had, in place of the metrics
 */
export async function audit(
  settings: Settings,
  budgetMs: number,
  previous?: PreviousSource | Promise<PreviousSource | undefined>,
  proxyLog?: ProxyLogSource,
): Promise<Audit> {
  const start = performance.now();
  // Model, checks and report are loaded while the database is read, not before.
  const [snapshot, { buildModel }, { buildReport }] = await Promise.all([
    collectSnapshot(settings, budgetMs, previous, proxyLog),
    import('./model/model.ts'),
    import('./report/build.ts'),
  ]);
  const model = buildModel(snapshot, settings);
  return { snapshot, model, report: buildReport(snapshot, model, settings, Math.round(performance.now() - start)) };
}
