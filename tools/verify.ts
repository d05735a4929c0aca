import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gt } from '@renovatebot/pep440';
import { ABOUT } from '../lambda/litellm/releases/about.ts';
import { FIRST_VERSIONS } from '../lambda/litellm/releases/first-versions.ts';
import { readRows } from './knowledge.ts';
import { TableError } from './table.ts';
import { newMigrations } from './verify/migrations.ts';
import { PackageError, pipPackages } from './verify/packages.ts';
import { RESULTS_FILE, type Result, writeResults } from './verify/results.ts';
import { verifyRows } from './verify/verify.ts';

/** `npm run verify`, for maintainers: what the published packages say about the version ranges in knowledge/. */
const root = join(import.meta.dirname, '..');
const folder = join(root, 'knowledge');
const cache = process.env.LITELLM_WHEELS ?? join(root, 'node_modules', '.cache', 'litellm-wheels');
try {
  const packages = pipPackages(cache);
  const newer = (await packages.published()).filter((version) => gt(version, ABOUT.newest));
  const results = await verifyRows(readRows(folder), packages, new Date().toISOString().slice(0, 10));
  writeFileSync(join(folder, RESULTS_FILE), writeResults(results));
  report('hold', results, 'holds');
  report('do not hold', results, 'does not hold');
  report('have packages that could not be fetched', results, 'no packages');
  report('have no marker, and count as unverified', results, 'no marker');
  console.log(
    newer.length === 0
      ? `\nNo release is newer than ${ABOUT.newest}, the newest in knowledge/about.json.`
      : `\nReleases newer than ${ABOUT.newest}, the newest in knowledge/about.json: ${newer.join(', ')}.`,
  );
  const { missing, notFetched } = await newMigrations(packages, ABOUT.migrations, new Set(Object.keys(FIRST_VERSIONS)));
  console.log(
    `\n${missing.length} migrations of releases after ${ABOUT.migrations} are not in knowledge/migrations.tsv.`,
  );
  for (const { name, version } of missing) console.log(`  ${name}\t${version}\t${version}`);
  if (notFetched.length > 0) console.log(`Those of ${notFetched.join(', ')} could not be fetched.`);
  console.log(`\nThe result is in knowledge/${RESULTS_FILE}. Now run npm run --silent releases.`);
  if (results.some(({ result }) => result === 'does not hold')) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof PackageError || error instanceof TableError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function report(what: string, results: readonly Result[], kind: Result['result']): void {
  const rows = results.filter(({ result }) => result === kind);
  console.log(`\n${rows.length} ends of ranges ${what}.`);
  if (kind === 'holds') return;
  for (const { id, end, version, before, at } of rows) {
    console.log(`  ${id}, ${end} ${version}${before && `: compared ${before} with ${at}`}`);
  }
}
