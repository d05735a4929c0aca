import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withTables } from './readme-tables.ts';

/** `npm run readme`: generates the README's tables from the configuration's fields, the role's permissions and the checks. */
const README = fileURLToPath(new URL('../README.md', import.meta.url));
writeFileSync(README, withTables(readFileSync(README, 'utf8')));
