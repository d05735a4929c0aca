// Generated from knowledge/about.json by npm run releases: change the table, not this file.
import type { About } from './known-issue.ts';

export const ABOUT: About = {
  date: '2026-11-22',
  newest: '1.110.2',
  targets: [
    { version: '1.108.13', why: 'the newest release seen of 1.108, the only line marked LTS; no known security issue' },
    { version: '1.109.3', why: 'the newest release seen of its line; no known security issue' },
    { version: '1.110.2', why: 'the newest release seen; no known security issue' },
  ],
  guide: {
    source: 'https://github.com/BerriAI/litellm/issues/19921',
    says: 'Upgrade to 1.80.16 or 1.81.7+.',
    evidence:
      'The packages of 1.80.16 and 1.80.17 still have the per-request Router. Critical advisories apply to 1.81.7 to 1.83.13 and to 1.91.0 to 1.104.0rc1, and high ones to the versions between.',
    until: '1.104.0',
  },
};
