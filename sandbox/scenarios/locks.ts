/** Sessions wait for a lock that another one holds. */
import { steady } from './metrics.ts';
import type { Scenario } from './scenario.ts';

/** Instead of 5 s. */
const FAST = { poolLimit: 10, lockWaitWarningSeconds: 1, lockWaitCriticalSeconds: 2 } as const;

export const lockPileUp: Scenario = {
  description: 'Spend updates of two pods wait for the row of one team, behind a transaction that was left open.',
  version: '1.108.13',
  maxConnections: 100,
  litellm: { globalRow: 'absent', workers: [1, 1], storedBodies: true },
  pods: [
    { connections: 2, waiting: 6 },
    { connections: 2, holds: 'open-transaction', waiting: 6 },
  ],
  history: steady(17),
  tuning: FAST,
};

export const indexBuild: Scenario = {
  description: 'A migration builds an index of the spend logs, and every write of a spend log waits for it.',
  version: '1.108.13',
  maxConnections: 100,
  litellm: { globalRow: 'absent', workers: [1, 1], storedBodies: true },
  pods: [
    { connections: 2, waiting: 5 },
    { connections: 2, waiting: 5 },
    { connections: 1, holds: 'index-build' },
  ],
  history: steady(16),
  tuning: FAST,
};
export const migrationLock: Scenario = {
  description: 'An ended migration job left a session that holds the lock of migrations: the next job waits for it.',
  version: '1.108.13',
  maxConnections: 100,
  litellm: { globalRow: 'absent', workers: [1, 1], storedBodies: true },
  pods: [
    { connections: 4 },
    { connections: 4 },
    { connections: 0, holds: 'migration-lock' },
    { connections: 0, waiting: 1 },
  ],
  history: steady(10),
  tuning: FAST,
};
