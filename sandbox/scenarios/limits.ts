/** Connections are limited before the server is: by a CONNECTION LIMIT, or by a proxy that shares nothing. */
import { logging } from './log-lines.ts';
import { steady } from './metrics.ts';
import type { Scenario } from './scenario.ts';

export const connectionLimit: Scenario = {
  description: "The CONNECTION LIMIT of LiteLLM's role is reached, while the server has free slots.",
  version: '1.108.13',
  maxConnections: 100,
  litellm: { globalRow: 'absent', workers: [1, 1], storedBodies: true },
  pods: [{ connections: 6 }, { connections: 6 }],
  connectionLimit: 12,
  history: { ...steady(12), log: logging({ limitRefused: 60 }) },
  tuning: { poolLimit: 10 },
};

export const rdsProxy: Scenario = {
  description: 'LiteLLM connects through RDS Proxy, which pins every connection and so shares none.',
  version: '1.90.0',
  maxConnections: 60,
  litellm: { globalRow: 'absent', storedBodies: true },
  pods: [
    { connections: 22, login: 'password' },
    { connections: 22, login: 'password' },
    // RDS Proxy's own sessions come from the same machines.
    { connections: 2, login: 'rds-proxy', addressOf: 0 },
    { connections: 2, login: 'rds-proxy', addressOf: 1 },
  ],
  history: { ...steady(48), rdsProxy: { name: 'litellm-proxy', connections: 48, pinned: 44 } },
  tuning: { poolLimit: 10, workersPerPod: 2, pods: 4 },
};
