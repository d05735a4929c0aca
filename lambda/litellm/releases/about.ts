// Generated from knowledge/about.json by npm run releases: change the table, not this file.
import type { About } from './known-issue.ts';

export const ABOUT: About = {
  date: '2026-11-22',
  newest: '1.110.2',
  targets: [
    { version: '1.108.13', why: 'the newest seen of 1.108, the only line marked LTS; no known security fault' },
    { version: '1.109.3', why: 'the newest seen of its line; no known security fault' },
    { version: '1.110.2', why: 'the newest seen; no known security fault' },
  ],
  guide: {
    source: 'https://github.com/BerriAI/litellm/issues/19921',
    says: 'Upgrade to 1.80.16 or 1.81.7+.',
    evidence:
      'The source of 1.80.16 and 1.80.17 still has the per-request Router. Critical advisories hold for 1.81.7 to 1.83.13 and for 1.91.0 to 1.104.0rc1, high ones for what lies between.',
    until: '1.104.0',
  },
};
