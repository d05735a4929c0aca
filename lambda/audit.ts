import type { RenderableReport } from './report/renderable.ts';
import type { Settings } from './settings/settings.ts';
import { takeSnapshot } from './snapshot/collect.ts';
import type { Snapshot } from './snapshot/snapshot.ts';

export interface Audited {
  readonly snapshot: Snapshot;
  readonly report: RenderableReport;
}

/**
 * Looks, judges and reports; changes nothing and sends nothing. Never throws: what cannot be seen is a finding.
 * @param budgetMs the longest the look may take
 */
export async function audit(settings: Settings, budgetMs: number): Promise<Audited> {
  const start = performance.now();
  // The checks are loaded while the database is asked, not before.
  const [snapshot, { judge }] = await Promise.all([takeSnapshot(settings, budgetMs), import('./report/build.ts')]);
  return { snapshot, report: judge(snapshot, settings, Math.round(performance.now() - start)) };
}
