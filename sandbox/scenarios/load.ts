/** The version of LiteLLM is good; the problem, if any, is its load or its use. */
import { logging } from './log-lines.ts';
import { steady } from './metrics.ts';
import type { Scenario } from './scenario.ts';

export const healthy: Scenario = {
  description: 'Three pods within their limits, on a version without a known issue: nothing to report.',
  version: '1.108.13',
  maxConnections: 100,
  litellm: { globalRow: 'absent', workers: [1, 1, 1], storedBodies: true },
  pods: [{ connections: 4 }, { connections: 4 }, { connections: 4 }],
  history: steady(12),
  tuning: { poolLimit: 10 },
};

export const underProvisioned: Scenario = {
  description: 'Five healthy pods with full pools require nearly all slots.',
  version: '1.108.13',
  maxConnections: 60,
  litellm: { globalRow: 'absent', workers: [1, 1, 1, 1, 1], storedBodies: true },
  pods: [{ connections: 10 }, { connections: 10 }, { connections: 10 }, { connections: 10 }, { connections: 10 }],
  history: steady(50),
  tuning: { poolLimit: 10 },
};

export const slotsExhausted: Scenario = {
  description: 'All slots are used: the auditor itself is refused, and the proxy has lost its database.',
  version: '1.108.13',
  // The three slots that PostgreSQL reserves for superusers stay free. It does not enforce the two of RDS.
  maxConnections: 33,
  litellm: { globalRow: 'absent', workers: [1, 1, 1] },
  pods: [{ connections: 10 }, { connections: 10 }, { connections: 10 }],
  readiness: 'disconnected',
  history: { ...steady(30), log: logging({ slotsRefused: 42 }) },
  tuning: { poolLimit: 10 },
};

export const tableGrowth: Scenario = {
  description:
    'Retention deletes spend logs faster than VACUUM makes room: 210 million rows, most of the recent ones dead.',
  version: '1.108.13',
  maxConnections: 100,
  litellm: { globalRow: 'absent', workers: [1, 1], storedBodies: true },
  pods: [{ connections: 4 }, { connections: 4 }],
  outgrownSpendLogs: true,
  history: steady(8),
  // A tenth of the default, and with it of the dead rows that have to be written.
  tuning: { poolLimit: 10, tableWarningRows: 10_000_000 },
};

export const idleInTransaction: Scenario = {
  description: 'One pod left a transaction open, with a row lock that nobody waits for yet.',
  version: '1.108.13',
  maxConnections: 100,
  litellm: { globalRow: 'absent', workers: [1, 1, 1], storedBodies: true },
  pods: [{ connections: 4 }, { connections: 4, idleInTransaction: 'alone' }, { connections: 4 }],
  history: steady(13),
  // Instead of five minutes.
  tuning: { poolLimit: 10, idleInTransactionWarningSeconds: 1 },
};
