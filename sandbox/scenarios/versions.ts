/** The problem is an issue of the LiteLLM version. */
import { logging } from './log-lines.ts';
import { steady } from './metrics.ts';
import type { Scenario } from './scenario.ts';

/** A 180th of LiteLLM's 12 minutes between two refreshes, and of the 15 that a token lives, in whole seconds. */
export const FAST_TOKENS = { tokenRefreshSeconds: 4, tokenLifeSeconds: 5 } as const;

export const iamLeak: Scenario = {
  description: 'Each refresh of the IAM token leaves the old pools connected (#13120), until no slot is free.',
  version: '1.74.9',
  maxConnections: 60,
  litellm: { globalRow: 'absent' },
  pods: [
    { connections: 4, leaks: 3 },
    { connections: 4, leaks: 3 },
    { connections: 4, leaks: 3 },
  ],
  history: {
    connections: [
      { hoursAgo: 36, level: 12 },
      { hoursAgo: 8, level: 12 },
      { hoursAgo: 0, level: 48 },
    ],
  },
  tuning: { poolLimit: 4, workersPerPod: 1, pods: 3, ...FAST_TOKENS },
};

export const perRequestRouter: Scenario = {
  description: 'The global router_settings row makes each LLM request query it and build a Router (#18790).',
  version: '1.81.3',
  maxConnections: 100,
  litellm: { globalRow: 'settings' },
  pods: [
    { connections: 4, requests: true },
    { connections: 4, requests: true },
  ],
  history: { ...steady(8), log: logging({ connectionAttemptsFailed: 31 }) },
  tuning: { poolLimit: 10, workersPerPod: 1, pods: 2 },
};

export const wrongVersion: Scenario = {
  description:
    "A version that LiteLLM's guide (#19921) recommends, with a vulnerability that is exploited (CVE-2026-42208).",
  version: '1.81.16',
  maxConnections: 100,
  litellm: { globalRow: 'settings', storedBodies: true },
  pods: [{ connections: 4 }, { connections: 4 }],
  history: steady(8),
  tuning: { poolLimit: 10, workersPerPod: 1, pods: 2 },
};

export const oldSchema: Scenario = {
  description: 'An old version whose teams and keys have no column router_settings, in a schema of its own.',
  version: '1.79.1',
  maxConnections: 100,
  litellm: { schema: 'gateway', globalRow: 'settings' },
  pods: [{ connections: 4 }, { connections: 4 }],
  history: steady(8),
  tuning: { poolLimit: 10, workersPerPod: 1, pods: 2 },
};
