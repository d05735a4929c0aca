import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withFacts } from './facts.ts';
import { factPages } from './pages.ts';
import { withTables } from './readme-tables.ts';

/**
 * `npm run readme`: generates the README's tables from the configuration's fields, the role's permissions and the checks, and the facts about
 * LiteLLM on the pages of docs/ from knowledge/.
 */
const README = fileURLToPath(new URL('../README.md', import.meta.url));
writeFileSync(README, withTables(readFileSync(README, 'utf8')));
for (const page of factPages()) writeFileSync(page, withFacts(readFileSync(page, 'utf8')));
