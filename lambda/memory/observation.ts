import { type Finding, isBad, type Status, worstStatus } from '../core/finding.ts';
import type { RenderableReport } from '../report/report.ts';
import type { Mute } from './state.ts';

/** The cause that is about the auditor itself; it has no finding that is an incident. */
export const CANNOT_LOOK = 'auditor-cannot-look';

/** Characters of a headline: the state of a database has to stay small. */
const LONGEST_HEADLINE = 200;

/** What one audit says of one problem. `not-seen`: its check could not be made, or all that it found is muted. */
export type Sight =
  | {
      readonly seen: 'bad';
      readonly status: Status;
      readonly headline: string;
      readonly fingerprints: readonly string[];
    }
  | { readonly seen: 'fine' }
  | { readonly seen: 'not-seen' };

/** What one audit says, by problem. What is not in it is fine: no check speaks of it any more. */
export type Observation = ReadonlyMap<string, Sight>;

/** What a report says of each incident check, and of the auditor itself. Risks are for the digest. */
export function observe(report: Pick<RenderableReport, 'findings' | 'diagnosis'>, mutes: readonly Mute[]): Observation {
  const incidents = report.findings.filter(({ kind }) => kind === 'incident');
  const checks = Map.groupBy(incidents, ({ checkId }) => checkId);
  const muted = new Set(mutes.map(({ finding }) => finding));
  const cannotLook = report.diagnosis.causes.find(({ id }) => id === CANNOT_LOOK);
  return new Map<string, Sight>([
    ...[...checks].map(([checkId, findings]) => [checkId, sightOf(checkId, findings, muted)] as const),
    [
      CANNOT_LOOK,
      cannotLook === undefined || muted.has(CANNOT_LOOK)
        ? { seen: 'fine' }
        : { seen: 'bad', status: 'unknown', headline: clipped(cannotLook.what), fingerprints: [] },
    ],
  ]);
}

function sightOf(checkId: string, findings: readonly Finding[], muted: ReadonlySet<string>): Sight {
  const bad = findings.filter(isBad);
  const loud = muted.has(checkId) ? [] : bad.filter(({ fingerprint }) => !muted.has(fingerprint));
  const status = worstStatus(loud.map((finding) => finding.status));
  const worst = loud.find((finding) => finding.status === status);
  if (worst !== undefined) {
    const fingerprints = loud.map(({ fingerprint }) => fingerprint);
    return { seen: 'bad', status, headline: clipped(worst.summary), fingerprints };
  }
  return bad.length > 0 || findings.some((finding) => finding.status === 'unknown')
    ? { seen: 'not-seen' }
    : { seen: 'fine' };
}

function clipped(text: string): string {
  return text.length <= LONGEST_HEADLINE ? text : `${text.slice(0, LONGEST_HEADLINE - 1)}…`;
}
