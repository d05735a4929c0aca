import { logging } from './log-lines.ts';
import type { Scenario } from './scenario.ts';
import { FAST_TOKENS } from './versions.ts';

export const mixed: Scenario = {
  description: 'Several problems: a leak, a lock and no TLS on three of four pods, and a global router_settings row.',
  version: '1.81.3',
  maxConnections: 52,
  litellm: { globalRow: 'settings' },
  pods: [
    { connections: 6 },
    { connections: 6, leaks: 3 },
    { connections: 4, idleInTransaction: 'blocking' },
    { connections: 4, login: 'password' },
  ],
  history: {
    connections: [
      { hoursAgo: 36, level: 22 },
      { hoursAgo: 7, level: 22 },
      { hoursAgo: 0, level: 40 },
    ],
    log: logging({ connectionAttemptsFailed: 12 }),
  },
  tuning: {
    poolLimit: 6,
    workersPerPod: 1,
    pods: 4,
    idleInTransactionWarningSeconds: 1,
    lockWaitWarningSeconds: 1,
    ...FAST_TOKENS,
  },
};
