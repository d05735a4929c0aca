import manifest from '../../package.json' with { type: 'json' };
import { logFailure } from '../core/failure-log.ts';

/**
 * What `render` makes, or the fallback when it throws: a bug in one rendering must not keep the others from anybody. It is logged by its place in
 * the code.
 * @param id of the rendering, such as `email`
 */
export function renderOr<Rendering>(id: string, render: () => Rendering, fallback: () => Rendering): Rendering {
  try {
    return render();
  } catch (error) {
    logFailure(`rendering ${id}`, error);
    return fallback();
  }
}

/** The sentences that stand in for a rendering that failed. */
export function renderingFailed(id: string): string {
  return `This report could not be shown as ${id}, which is a bug in the auditor. Report it at ${manifest.bugs.url} with the log entry "rendering ${id}" of this run: it shows the place in the code and holds no data. The whole report is in the JSON that the run returns.`;
}
