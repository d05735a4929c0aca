/** A good version of LiteLLM; what is wrong is how it is used. */
import { steady } from './metrics.ts';
import type { Scenario } from './scenario.ts';

export const healthy: Scenario = {
  description: 'Three pods within their limits on a version without a known fault: nothing to tell.',
  version: '1.108.13',
  maxConnections: 100,
  litellm: { globalRow: 'absent', workers: [1, 1, 1], storedBodies: true },
  pods: [{ connections: 4 }, { connections: 4 }, { connections: 4 }],
  history: steady(12),
  tuning: { poolLimit: 10 },
};

export const underProvisioned: Scenario = {
  description: 'Five healthy pods with full pools need nearly all slots that there are.',
  version: '1.108.13',
  maxConnections: 60,
  litellm: { globalRow: 'absent', workers: [1, 1, 1, 1, 1], storedBodies: true },
  pods: [{ connections: 10 }, { connections: 10 }, { connections: 10 }, { connections: 10 }, { connections: 10 }],
  history: steady(50),
  tuning: { poolLimit: 10 },
};

export const slotsExhausted: Scenario = {
  description: 'Every slot is taken: the auditor itself is refused, and the proxy has lost its database.',
  version: '1.108.13',
  // The three that PostgreSQL keeps for superusers stay free: it does not enforce the two of RDS.
  maxConnections: 33,
  litellm: { globalRow: 'absent', workers: [1, 1, 1] },
  pods: [{ connections: 10 }, { connections: 10 }, { connections: 10 }],
  readiness: 'disconnected',
  history: { ...steady(30), proxyErrors: { connectionAttemptsFailed: 0, poolTimeouts: 42 } },
  tuning: { poolLimit: 10 },
};

export const idleInTransaction: Scenario = {
  description: 'One pod left a transaction open, with a row locked that another session waits for.',
  version: '1.108.13',
  maxConnections: 100,
  litellm: { globalRow: 'absent', workers: [1, 1, 1], storedBodies: true },
  pods: [{ connections: 4 }, { connections: 4, idleInTransaction: 'blocking' }, { connections: 4 }],
  history: steady(14),
  // Nobody has to wait five minutes.
  tuning: { poolLimit: 10, idleInTransactionWarningSeconds: 1 },
  settleMs: 1500,
};
