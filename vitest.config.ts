import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

/** A sequencer of our own would win over it. */
const shuffled = process.argv.some((argument) => argument.startsWith('--sequence.shuffle'));

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Files that start a PostgreSQL or bundle the function need more than the default 5 s on two busy cores.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Some files wait more than they compute. One worker more than cores keeps the cores busy meanwhile.
    maxWorkers: availableParallelism() + 1,
    // A worker runs one file after the other: modules are loaded once, and a PostgreSQL serves many files. No module of ours has state that
    // a test could change, and setup.ts undoes what a file did to the process.
    isolate: false,
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/setup.ts'],
    sequence: shuffled ? {} : { sequencer: LongestFirst },
  },
});
