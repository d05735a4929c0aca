import type { Advice } from '../core/finding.ts';
import { listed } from '../core/text.ts';
import type { Snapshot, SourceName, SourceResult } from '../snapshot/snapshot.ts';
import type { CheckResult } from './check.ts';
import { databaseReachable } from './database-reachable/check.ts';
import { mend, result } from './result.ts';

/** A source that a check needed and did not get. */
interface Gap {
  readonly source: SourceName;
  readonly status: 'failed' | 'skipped';
  readonly reason: string;
  readonly code?: string;
  readonly missing?: string;
  readonly configure?: string;
}

/**
 * The result of a check that lacks a source it needs; null when all of them are there. `unknown`, but `info` where nobody asked for the source:
 * a feature that is left out wakes nobody.
 */
export function judgeGaps(needs: readonly SourceName[], snapshot: Snapshot): CheckResult | null {
  const gaps = needs.flatMap((name) => gapsOf(name, snapshot.sources[name]));
  if (gaps.length === 0) return null;
  const configure = gaps.flatMap((gap) => gap.configure ?? []);
  if (configure.length === gaps.length) {
    return result({
      status: 'info',
      subject: `database ${snapshot.database}`,
      summary: `Not looked at: ${gaps.map(({ reason }) => reason).join(' ')}`,
      advice: [{ text: `To have it, configure ${listed(configure)}.` }],
    });
  }
  const because = [...Map.groupBy(gaps, ({ reason }) => reason)].map(
    ([reason, alike]) => `Not result without ${listed(alike.map(({ source }) => source))}: ${reason}`,
  );
  return result({
    status: 'unknown',
    subject: `database ${snapshot.database}`,
    summary: because.join(' '),
    evidence: { missing: gaps.map((gap) => ({ ...gap })) },
    advice: gapAdvice(gaps, snapshot),
  });
}

function gapsOf(source: SourceName, result: SourceResult<unknown>): readonly Gap[] {
  switch (result.status) {
    case 'ok':
      return [];
    case 'skipped':
      return [
        {
          source,
          status: 'skipped',
          reason: result.reason,
          ...(result.configure === undefined ? {} : { configure: result.configure }),
        },
      ];
    case 'failed': {
      const { message, code, missing } = result.failure;
      return [
        {
          source,
          status: 'failed',
          reason: message,
          ...(code === undefined ? {} : { code }),
          ...(missing === undefined ? {} : { missing }),
        },
      ];
    }
  }
}

function gapAdvice(gaps: readonly Gap[], snapshot: Snapshot): readonly Advice[] {
  const steps = [...new Set(gaps.flatMap(({ missing }) => missing ?? []))].map(mend);
  if (steps.length > 0) return steps;
  return snapshot.sources.connection.status === 'ok'
    ? [
        {
          text: `Audit again; when it stays so, look in the function's log for the source ${listed(gaps.map(({ source }) => source))}.`,
        },
      ]
    : [{ text: `Do first what the finding of ${databaseReachable.id} says.` }];
}
