import type { Advice, MissingSource } from '../core/finding.ts';
import { listed } from '../core/text.ts';
import { type AwsService, giveWayTo, isWithoutWay } from '../snapshot/aws/endpoints.ts';
import type { Snapshot, SourceName, SourceResult } from '../snapshot/snapshot.ts';
import { type NotEvaluated, notEvaluated, type Part } from './check.ts';
import { requiredSources } from './parts.ts';

/** A source that is missing, and what would bring it. */
interface Missing extends MissingSource {
  readonly remediation?: Advice;
  readonly configure?: string;
}

/**
 * The result of a check that is missing a source behind what it needs; null when all of them are there. `unknown`, but `info` where nobody asked
 * for the source: a feature that is left out wakes nobody.
 */
export function missingSources(needs: readonly Part[], snapshot: Snapshot): NotEvaluated | null {
  const missing = requiredSources(needs).flatMap((name) => missingIn(name, snapshot.sources[name]));
  if (missing.length === 0) return null;
  const subject = `database ${snapshot.database}`;
  const configure = missing.flatMap((each) => each.configure ?? []);
  if (configure.length === missing.length) {
    return notEvaluated({
      status: 'info',
      subject,
      summary: `Not checked: ${missing.map(({ reason }) => reason).join(' ')}`,
      advice: [{ text: `To check it, configure ${listed(configure)}.` }],
    });
  }
  const because = [...Map.groupBy(missing, ({ reason }) => reason)].map(
    ([reason, alike]) => `Not checked without ${listed(alike.map(({ source }) => source))}: ${reason}`,
  );
  return notEvaluated({
    subject,
    summary: because.join(' '),
    missingSources: missing.map(({ source, status, reason, kind, code }) => ({
      source,
      status,
      reason,
      ...(kind === undefined ? {} : { kind }),
      ...(code === undefined ? {} : { code }),
    })),
    advice: adviceOn(missing, snapshot),
  });
}

function missingIn(source: SourceName, result: SourceResult<unknown>): readonly Missing[] {
  switch (result.status) {
    case 'ok':
      return [];
    case 'skipped':
      return [{ source, status: 'skipped', reason: result.reason, configure: result.configure }];
    case 'failed': {
      const { kind, message, code, remediation } = result.failure;
      return [{ source, status: 'failed', reason: message, kind, code, remediation }];
    }
  }
}

function adviceOn(missing: readonly Missing[], snapshot: Snapshot): readonly Advice[] {
  const steps = missing.flatMap(({ remediation }) => remediation ?? []);
  const distinct = [...new Map(steps.map((step) => [JSON.stringify(step), step])).values()];
  if (distinct.length > 0) return distinct;
  const closed = APIS.filter((source) => hasNoWay(snapshot.sources[source]));
  if (missing.some(({ source }) => closed.some((api) => api === source))) return [giveWayTo(closed)];
  return snapshot.sources.connection.status === 'ok'
    ? [
        {
          text: `Audit again. If the error remains, look in the function's log for the source ${listed(missing.map(({ source }) => source))}.`,
        },
      ]
    : [{ text: 'First follow the advice of database-reachable.' }];
}

const APIS = ['rds', 'cloudwatch'] as const satisfies readonly (AwsService & SourceName)[];

function hasNoWay(result: SourceResult<unknown>): boolean {
  return result.status === 'failed' && isWithoutWay(result.failure.kind);
}
