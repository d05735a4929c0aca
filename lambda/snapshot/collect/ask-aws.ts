import { withDeadline } from '../../core/deadline.ts';
import { awsFailure } from '../aws/aws-failure.ts';
import { SourceError } from '../failure.ts';
import type { SourceResult } from '../snapshot.ts';
import { timed } from './timed.ts';

/** What to configure to have the sources of AWS. */
export const CONFIGURE_RDS = 'rds (in a shell: --rds-instance or --rds-cluster)';

/**
 * The result of reading from AWS, with a deadline.
 * @param permission what the role requires; shown when it was denied
 */
export function askAws<Value>(
  read: (signal: AbortSignal) => Promise<Value>,
  milliseconds: number,
  permission: string,
): Promise<SourceResult<Value>> {
  const abort = new AbortController();
  return timed(
    () => withDeadline(read(abort.signal), milliseconds, () => abort.abort()),
    (error) => (error instanceof SourceError ? error.failure : awsFailure(error, permission)),
  );
}
