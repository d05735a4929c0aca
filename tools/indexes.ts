import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ABOUT } from '../lambda/litellm/releases/about.ts';
import { INDEXES_FILE, writeIndexes } from './indexes-table.ts';
import { shippedIndexes, UnreadIndexError } from './shipped-indexes.ts';
import { PackageError, pipPackages } from './verify/packages.ts';

/** `npm run indexes`, for maintainers: writes knowledge/indexes.tsv from the migrations of the newest release whose migrations are known. */
const root = join(import.meta.dirname, '..');
const cache = process.env.LITELLM_WHEELS ?? join(root, 'node_modules', '.cache', 'litellm-wheels');
try {
  const packages = pipPackages(cache);
  const migrations = new Map<string, string>();
  for (const name of await packages.migrations(ABOUT.migrations)) {
    const path = `litellm_proxy_extras/migrations/${name}/migration.sql`;
    migrations.set(name, (await packages.file(ABOUT.migrations, path)) ?? '');
  }
  const indexes = shippedIndexes(migrations);
  writeFileSync(join(root, 'knowledge', INDEXES_FILE), writeIndexes(indexes));
  console.log(`${indexes.length} indexes of ${migrations.size} migrations. Now run npm run --silent releases.`);
} catch (error) {
  if (!(error instanceof PackageError || error instanceof UnreadIndexError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
