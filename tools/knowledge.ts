import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compare, lte } from '@renovatebot/pep440';
import { z } from 'zod';
import { isAffected } from '../lambda/litellm/affected.ts';
import type {
  About,
  BreakingChange,
  Certainty,
  KnownIssue,
  KnownIssueSeverity,
  ShippedIndex,
} from '../lambda/litellm/releases/known-issue.ts';
import { parseLitellmVersion } from '../lambda/litellm/version.ts';
import {
  certainty,
  introduced,
  lastAffected,
  marker,
  optionalText,
  text,
  texts,
  version,
  versions,
  yes,
} from './cells.ts';
import { INDEXES_FILE, readIndexes } from './indexes-table.ts';
import { readTable, TableError } from './table.ts';
import { RESULTS_FILE, type Result, readResults } from './verify/results.ts';
import { isVerified, type VerifiableRow } from './verify/rows.ts';

const knownIssueRow = z.object({
  id: text,
  kind: z.enum(['leak', 'regression', 'availability', 'security']),
  severity: z.enum(['critical', 'warning', 'info']),
  iam: yes,
  setting: optionalText,
  introduced,
  fixed: versions,
  last_affected: lastAffected,
  introduced_marker: marker,
  fixed_marker: marker,
  certainty,
  title: text,
  workaround: optionalText,
  note: optionalText,
  evidence: text,
});

const advisoryRow = z.object({
  id: text,
  aliases: texts,
  rating: text.regex(
    /^(critical|high|medium|low|not rated)\b/,
    'does not start with critical, high, medium, low or not rated',
  ),
  exploited: yes,
  without_login: yes,
  introduced,
  fixed: versions,
  last_affected: lastAffected,
  introduced_marker: marker,
  fixed_marker: marker,
  setting: optionalText,
  certainty,
  title: text,
  workaround: optionalText,
  note: optionalText,
  source: text,
});

const releaseRow = z.object({
  versions: z.union([z.literal('open').transform(() => []), versions]),
  pr: optionalText,
  topic: text,
  meaning: text,
  breaks: optionalText,
  certainty,
  source: text,
});

const behaviourRow = z.object({ id: text, since: version, marker, meaning: text });

const migrationRow = z.object({
  migration: text,
  first_version: version,
  first_package: z.union([z.literal(''), version]),
});

/** Written by npm run instance-classes. */
const instanceClassRow = z.object({
  class: text,
  vcpus: z.coerce.number().int().positive(),
  memory_mib: z.coerce.number().int().positive(),
  source: text,
});

const aboutSchema = z.strictObject({
  date: z.iso.date(),
  newest: version,
  migrations: version,
  targets: z.array(z.strictObject({ version, why: text })).min(1),
  guide: z.strictObject({ source: text, says: text, evidence: text, until: version }),
});

export interface Knowledge {
  readonly about: About;
  /** Known issues of connections, then advisories, as the tables have them. */
  readonly knownIssues: readonly KnownIssue[];
  /** Oldest first. */
  readonly breakingChanges: readonly BreakingChange[];
  /** The first version that behaves so, by the behaviour's id. */
  readonly since: Readonly<Record<string, string>>;
  /** The first version that ships a migration, by the migration's name. */
  readonly firstVersions: Readonly<Record<string, string>>;
  /** The indexes that migrations make. */
  readonly shippedIndexes: readonly ShippedIndex[];
  /** vCPUs and memory in MiB of each class of RDS. */
  readonly instanceClasses: Readonly<Record<string, readonly [number, number]>>;
}

/**
 * Reads the tables of a folder: about.json, known-issues.tsv, advisories.tsv, releases.tsv, migrations.tsv, indexes.tsv, instance-classes.tsv.
 * @throws TableError naming every bad cell of a table, every bad field, or an upgrade target with a known security issue.
 */
export function readKnowledge(folder: string): Knowledge {
  const about = readAbout(join(folder, 'about.json'));
  const { issues, advisories, behaviours } = readTables(folder);
  const results = readResults(join(folder, RESULTS_FILE));
  const knownIssues = [
    ...issues.map((row) => knownIssue(row, results)),
    ...advisories.map((row) => advisoryIssue(row, results)),
  ];
  refuseUnsafeTargets(about, knownIssues);
  const firstVersions = readFirstVersions(folder);
  return {
    about,
    knownIssues,
    breakingChanges: readTable(join(folder, 'releases.tsv'), releaseRow)
      .flatMap(breakingChange)
      .toSorted((a, b) => compare(a.version, b.version)),
    since: Object.fromEntries(behaviours.map((row) => [row.id, row.since])),
    firstVersions,
    shippedIndexes: readShippedIndexes(folder, firstVersions),
    instanceClasses: Object.fromEntries(
      readTable(join(folder, 'instance-classes.tsv'), instanceClassRow).map((row) => [
        row.class,
        [row.vcpus, row.memory_mib],
      ]),
    ),
  };
}

/**
 * The rows whose ranges packages can confirm.
 * @throws TableError naming every bad cell.
 */
export function readRows(folder: string): readonly VerifiableRow[] {
  const { issues, advisories, behaviours } = readTables(folder);
  return [...[...issues, ...advisories].map(verifiable), ...behaviours.map(asRow)];
}

function readTables(folder: string) {
  return {
    issues: readTable(join(folder, 'known-issues.tsv'), knownIssueRow),
    advisories: readTable(join(folder, 'advisories.tsv'), advisoryRow),
    behaviours: readTable(join(folder, 'behaviour.tsv'), behaviourRow),
  };
}

type Row = z.output<typeof knownIssueRow> | z.output<typeof advisoryRow>;

function verifiable({ id, introduced, fixed, last_affected, introduced_marker, fixed_marker }: Row): VerifiableRow {
  return {
    id,
    introduced,
    fixed,
    lastAffected: last_affected,
    introducedMarker: introduced_marker,
    fixedMarker: fixed_marker,
  };
}

function asRow({ id, since, marker: introducedMarker }: z.output<typeof behaviourRow>): VerifiableRow {
  return { id, introduced: since, fixed: [], lastAffected: [], introducedMarker, fixedMarker: '' };
}

/** What no package confirms is at best reported. */
function confirmed(row: Row, results: readonly Result[]): Certainty {
  return row.certainty === 'V' && !isVerified(verifiable(row), results) ? 'I' : row.certainty;
}

function readFirstVersions(folder: string): Readonly<Record<string, string>> {
  const rows = readTable(join(folder, 'migrations.tsv'), migrationRow);
  const late = rows.find((row) => row.first_package !== '' && !lte(row.first_version, row.first_package));
  if (late !== undefined) {
    throw new TableError(`migrations.tsv: the first version of ${late.migration} is after the first package with it.`);
  }
  return Object.fromEntries(rows.map((row) => [row.migration, row.first_version]));
}

function readShippedIndexes(folder: string, firstVersions: Readonly<Record<string, string>>): readonly ShippedIndex[] {
  const indexes = readIndexes(join(folder, INDEXES_FILE));
  const unknown = indexes.flatMap(({ addedBy, droppedBy }) =>
    [addedBy, ...(droppedBy === null ? [] : [droppedBy])].filter((name) => !(name in firstVersions)),
  );
  if (unknown.length > 0) throw new TableError(`${INDEXES_FILE}: migrations.tsv has no ${unknown[0]}.`);
  return indexes;
}

function readAbout(path: string): About {
  const parsed = aboutSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new TableError(`about.json: ${z.prettifyError(parsed.error)}`);
}

function knownIssue(row: z.output<typeof knownIssueRow>, results: readonly Result[]): KnownIssue {
  const { last_affected, introduced_marker: _introduced, fixed_marker: _fixed, evidence, ...rest } = row;
  return { ...rest, certainty: confirmed(row, results), lastAffected: last_affected, source: evidence };
}

function advisoryIssue(row: z.output<typeof advisoryRow>, results: readonly Result[]): KnownIssue {
  const {
    last_affected,
    introduced_marker: _introduced,
    fixed_marker: _fixed,
    rating,
    aliases,
    exploited,
    without_login,
    ...rest
  } = row;
  return {
    ...rest,
    kind: 'security',
    severity: exploited ? 'critical' : severityOfRating(rating),
    iam: false,
    certainty: confirmed(row, results),
    lastAffected: last_affected,
    advisory: { rating, aliases, exploited, withoutLogin: without_login },
  };
}

function severityOfRating(rating: string): KnownIssueSeverity {
  if (rating.startsWith('critical')) return 'critical';
  return rating.startsWith('low') ? 'info' : 'warning';
}

/** A change that several lines carry counts from the oldest of them on. */
function breakingChange({ versions: [first], breaks }: z.output<typeof releaseRow>): BreakingChange[] {
  return first === undefined || breaks === undefined ? [] : [{ version: first, change: breaks }];
}

function refuseUnsafeTargets({ targets }: About, knownIssues: readonly KnownIssue[]): void {
  for (const target of targets) {
    const parsed = parseLitellmVersion(target.version);
    const issue = parsed && knownIssues.find((known) => known.kind === 'security' && isAffected(parsed, known));
    if (issue) {
      throw new TableError(`about.json: the target ${target.version} has the known security issue ${issue.id}.`);
    }
  }
}
