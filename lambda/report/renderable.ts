import type { Report } from './report.ts';

/**
 * What a rendering is made from: the report before its message is sent, so without what became of it. A `Report` fits too.
 */
export interface RenderableReport extends Omit<Report, 'notification'> {
  /** Findings left out to fit a limit of the carrier; undefined: none. */
  readonly findingsLeftOut?: number;
}
