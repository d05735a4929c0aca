import { defineConfig } from 'vitest/config';

/**
 * The tests that Stryker runs for each mutant. Each file in a worker of its own, other than in vitest.config.ts: a mutant may be in what is
 * computed while modules load.
 */
export default defineConfig({
  test: {
    include: [
      // Those of diagnosis and model, and of what is built on these; without the two that need a PostgreSQL, and the one that reads the rules' source text,
      // which Stryker rewrites.
      'test/{model,checks,diagnosis,report}/**/!(advice-sql|on-postgres|placement).test.ts',
      // Where stryker.purge.config.json lets paths begin in test/purge: its files, without those about rights and LiteLLM's migrations.
      '!(migrations|rights).test.ts',
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
