import { counted, durationText, listed } from '../../core/text.ts';
import type { Uncertainty } from '../../core/uncertainty.ts';
import type { Model } from '../../model/model.ts';
import { allVersions } from '../../model/running-version.ts';
import { earlierTables } from '../../model/since-previous.ts';
import type { ServerSource, Snapshot, TablesSource } from '../../snapshot/snapshot.ts';
import { type CheckResult, defineCheck, notEvaluated, risk } from '../check.ts';
import { tableAdvice } from './advice.ts';
import { indexAdvice } from './index-advice.ts';
import { type IndexFacts, indexFacts, isLarge } from './indexes.ts';
import { type TableFacts, tableFacts } from './tables.ts';

export type GrowthFacts =
  | TableFacts
  | IndexFacts
  | { readonly tables: number; readonly largest: readonly { readonly table: string; readonly gigabytes: number }[] };

/** Counters that began so recently have seen few dead rows. Our own choice. */
const FRESH_SECONDS = 3600;
const MOST_SHOWN = 3;

export const tableGrowth = defineCheck({
  id: 'table-growth',
  title: "LiteLLM's tables have a size and a vacuum state that the server can carry, and all their indexes.",
  kind: 'risk',
  needs: ['tables', 'server'],
  evaluate({ seen: { tables, server }, snapshot, model }, settings) {
    const subject = `database ${snapshot.database}`;
    if (server.inRecovery) {
      return [
        notEvaluated({
          subject,
          summary: 'Not checked: this server is a replica, which counts no changes and vacuums nothing itself.',
          advice: [
            { text: 'Audit the writer: set "host" to its endpoint, for Aurora to the writer endpoint of the cluster.' },
          ],
        }),
      ];
    }
    const schema = server.litellmSchema ?? 'public';
    const earlier = earlierTables(snapshot);
    const all = tables.tables.map((table) =>
      tableFacts(table, tables, 'missing' in earlier ? null : earlier, settings),
    );
    const uncertainty = freshCounters(tables, server);
    const bad = all.filter(({ isLarge: large, isBloated }) => large || isBloated);
    return [
      ...bad.map((facts) => burden(facts, schema, uncertainty)),
      ...(bad.length > 0 ? [] : [fine(all, subject, uncertainty)]),
      ...indexResults(tables, schema, snapshot, model),
    ];
  },
});

function burden(facts: TableFacts, schema: string, uncertainty: Uncertainty | null): CheckResult<GrowthFacts> {
  const { table, estimatedRows, gigabytes, deadRows, deadPercent, vacuumedAt, isBloated, rowsPerDay } = facts;
  const grows = rowsPerDay === undefined ? '' : ` It grows by ${millions(rowsPerDay)} rows a day.`;
  const dead = isBloated
    ? ` ${millions(deadRows)} of its rows are dead (${deadPercent} %), and ${vacuumedAt === null ? 'nothing has vacuumed it since the statistics began' : `the last VACUUM ended at ${vacuumedAt}`}.`
    : '';
  return risk<GrowthFacts>({
    status: 'warning',
    subject: `table ${table}`,
    summary: `${table} has about ${millions(estimatedRows ?? 0)} rows and ${gigabytes} GiB.${dead}${grows}`,
    facts,
    advice: tableAdvice(facts, schema),
    uncertainty,
  });
}

function fine(all: readonly TableFacts[], subject: string, uncertainty: Uncertainty | null): CheckResult<GrowthFacts> {
  const largest = all.slice(0, MOST_SHOWN).map(({ table, gigabytes }) => ({ table, gigabytes }));
  return risk<GrowthFacts>({
    status: 'ok',
    subject,
    summary:
      largest.length === 0
        ? 'There are no LiteLLM tables.'
        : `The largest of ${counted(all.length, 'table')} are ${listed(largest.map(({ table, gigabytes }) => `${table} (${gigabytes} GiB)`))}.`,
    facts: { tables: all.length, largest },
    uncertainty,
  });
}

function indexResults(
  tables: TablesSource,
  schema: string,
  snapshot: Snapshot,
  model: Model,
): readonly CheckResult<GrowthFacts>[] {
  const facts = indexFacts(tables, versionOf(model));
  const { missing, invalid, version } = facts;
  const large = missing.filter(isLarge);
  if (missing.length + invalid.length === 0) return [];
  return [
    risk<GrowthFacts>({
      status: large.length + invalid.length > 0 ? 'warning' : 'info',
      subject: `indexes of database ${snapshot.database}`,
      summary: [
        ...(missing.length === 0
          ? []
          : [
              `${indexes(missing.length)} of LiteLLM ${version} ${missing.length === 1 ? 'is' : 'are'} missing: ${listed(missing.map(({ table, columns }) => `${table} (${columns.join(', ')})`))}.`,
            ]),
        ...(invalid.length === 0
          ? []
          : [
              `${indexes(invalid.length)} ${invalid.length === 1 ? 'is' : 'are'} invalid, so that no query uses ${invalid.length === 1 ? 'it' : 'them'}: ${listed(invalid.map(({ index }) => index))}.`,
            ]),
      ].join(' '),
      facts,
      advice: indexAdvice(facts, schema),
    }),
  ];
}

/** The version that runs, where one alone does; null also for a lower bound. */
function versionOf({ version, runningVersion }: Model): string | null {
  return version === null || runningVersion === null || allVersions(runningVersion).length > 1 ? null : version.text;
}

/** Whether the counters began so recently that they say little. PostgreSQL 15 and later keep them over a clean restart. */
function freshCounters({ at, statsReset }: TablesSource, { startedAt }: ServerSource): Uncertainty | null {
  const since = Math.max(Date.parse(startedAt), statsReset === null ? 0 : Date.parse(statsReset));
  const seconds = (Date.parse(at) - since) / 1000;
  if (!(seconds < FRESH_SECONDS)) return null;
  return {
    confidence: 'medium',
    reason: `The server was started, or its statistics were reset, ${durationText(seconds)} ago: its counts of dead rows and vacuums may have begun then.`,
  };
}

function indexes(count: number): string {
  return `${count} ${count === 1 ? 'index' : 'indexes'}`;
}

function millions(rows: number): string {
  return Math.abs(rows) < 1_000_000 ? `${rows}` : `${Math.round(rows / 100_000) / 10} million`;
}
