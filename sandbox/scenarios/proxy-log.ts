/** The problem shows in the log of the proxy alone: PostgreSQL has free slots, and its sessions look healthy. */
import { logging } from './log-lines.ts';
import { steady } from './metrics.ts';
import type { Scenario } from './scenario.ts';

/** A server here is seconds old, and no database was restarted. */
const LONG_RUNNING = { recentStartSeconds: 0 } as const;

export const networkDropsIdle: Scenario = {
  description: 'The network drops idle connections: the log has "kind: Closed", and the pools look healthy (#22289).',
  version: '1.81.9',
  maxConnections: 100,
  litellm: { globalRow: 'absent', storedBodies: true },
  pods: [
    { connections: 10, login: 'password' },
    { connections: 10, login: 'password' },
  ],
  history: { ...steady(20), log: logging({ closedConnections: 240 }) },
  tuning: { poolLimit: 10, workersPerPod: 1, pods: 2, ...LONG_RUNNING },
};

export const queryEngine: Scenario = {
  description: 'A pod lost its query engine and never reconnects, while its readiness is fine (#26886).',
  version: '1.83.14',
  maxConnections: 100,
  litellm: { globalRow: 'absent', storedBodies: true },
  pods: [
    { connections: 10, login: 'password' },
    { connections: 10, login: 'password' },
  ],
  history: { ...steady(20), log: logging({ engineNotConnected: 180 }) },
  tuning: { poolLimit: 10, workersPerPod: 1, pods: 2 },
};
