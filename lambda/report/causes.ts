import { listed } from '../core/text.ts';
import type { RenderableReport } from './renderable.ts';
import { checkIdsOf } from './sections.ts';

interface CauseLine {
  readonly label: string;
  /** Untrusted text. */
  readonly text: string;
}

const LABELS = [
  { cause: 'Most probable cause', step: 'Do first' },
  { cause: 'Probable as well', step: 'Do then' },
] as const;

/** What every rendering says of each cause, the most probable first: what happens, what to do, and how sure that is. */
export function causesOf({ diagnosis, findings }: RenderableReport): CauseLine[][] {
  return LABELS.flatMap((label, rank) => {
    const cause = diagnosis.causes[rank];
    if (cause === undefined) return [];
    // A message that is too large leaves findings out.
    const shown = checkIdsOf(findings.filter(({ fingerprint }) => cause.fingerprints.includes(fingerprint)));
    const restsOn = shown.length > 0 ? `; it rests on ${listed(shown)}` : '';
    return [
      [
        { label: label.cause, text: cause.what },
        { label: label.step, text: cause.first },
        { label: 'How sure', text: `${cause.confidence}${restsOn}.` },
      ],
    ];
  });
}
