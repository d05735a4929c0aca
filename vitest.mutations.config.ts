import { defineConfig } from 'vitest/config';

/** The tests that `npm run test:mutations` runs for each mutant: those of the folders it changes and of what is built on them, without PostgreSQL. */
export default defineConfig({
  test: {
    include: ['test/{model,checks,diagnosis,report}/**/*.test.ts'],
    exclude: ['test/checks/advice-sql.test.ts', 'test/checks/connection-leak/on-postgres.test.ts'],
    testTimeout: 60_000,
  },
});
