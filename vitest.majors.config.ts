import { defineConfig } from 'vitest/config';

/** Setup, audit, purge and restore on every major version of PostgreSQL: `npm run test:majors`. Its first run downloads 200 MB. */
export default defineConfig({
  test: {
    include: ['test/majors/*.majors.ts'],
    testTimeout: 120_000,
    hookTimeout: 600_000,
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/setup.ts'],
  },
});
