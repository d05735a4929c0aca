import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Files that start a PostgreSQL or bundle the function need more than the default 5 s on two busy cores.
    testTimeout: 60_000,
    // Many wait more than they compute; vitest itself would leave one of two cores idle.
    maxWorkers: '100%',
    hookTimeout: 60_000,
    // A worker runs one file after the other: modules are loaded once, and a PostgreSQL serves many files. No module of ours has state that
    // a test could change, and setup.ts undoes what a file did to the process.
    isolate: false,
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/setup.ts'],
  },
});
