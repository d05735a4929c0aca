import type { VersionRange } from '../../lambda/litellm/releases/known-issue.ts';
import { type Bound, boundsOf } from './bounds.ts';
import type { Result } from './results.ts';

/** A row of the tables, as far as packages can confirm it. */
export interface VerifiableRow extends VersionRange {
  readonly id: string;
  readonly introducedMarker: string;
  readonly fixedMarker: string;
}

export function markerOf(row: VerifiableRow, { end }: Bound): string {
  return end === 'introduced' ? row.introducedMarker : row.fixedMarker;
}

/** Whether the packages show both ends of the row, by the markers that it has now. */
export function isVerified(row: VerifiableRow, results: readonly Result[]): boolean {
  const bounds = boundsOf(row);
  return (
    bounds.length > 0 &&
    bounds.every((bound) =>
      results.some(
        ({ id, end, version, marker, result }) =>
          result === 'holds' &&
          id === row.id &&
          end === bound.end &&
          version === bound.version &&
          marker === markerOf(row, bound),
      ),
    )
  );
}
