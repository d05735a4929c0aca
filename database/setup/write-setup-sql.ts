import { writeFileSync } from 'node:fs';
import { checkedInSetupSql } from './script.ts';

/** `npm run setup-sql`: writes setup.sql anew; needed after every change to the script. */
writeFileSync(new URL('../setup.sql', import.meta.url), checkedInSetupSql());
