/** The version of LiteLLM is good; the problem is the server, or where LiteLLM is connected to. */
import { logging } from './log-lines.ts';
import { constant, type Levels, steady } from './metrics.ts';
import type { Scenario } from './scenario.ts';

const GOOD_VERSION = '1.108.13';
const GIB = 1024 ** 3;
const TWO_WORKERS = { globalRow: 'absent', workers: [1, 1], storedBodies: true } as const;

export const overloaded: Scenario = {
  description: 'All connections run statements that need the CPU, which is saturated: requests time out.',
  version: GOOD_VERSION,
  maxConnections: 100,
  litellm: TWO_WORKERS,
  pods: [
    { connections: 3, busy: true },
    { connections: 3, busy: true },
  ],
  // One CPU: six statements are more than it can serve, and fewer take less of the machine that this runs on.
  rds: { instance: { DBInstanceClass: 'db.m3.medium' } },
  history: {
    ...steady(6),
    server: { CPUUtilization: constant(94), FreeableMemory: constant(2 * GIB) },
    log: logging({ poolTimeouts: 64 }),
  },
  // The statements take the processor from the auditor too.
  tuning: { poolLimit: 5, connectTimeoutMs: 9000, statementTimeoutMs: 9000 },
};

export const storageFull: Scenario = {
  description: 'The storage of the instance has run full, and PostgreSQL answers nobody any more.',
  version: GOOD_VERSION,
  maxConnections: 100,
  litellm: TWO_WORKERS,
  pods: [{ connections: 0 }, { connections: 0 }],
  database: 'silent',
  readiness: 'disconnected',
  rds: { instance: { DBInstanceStatus: 'storage-full' }, events: [{ minutesAgo: 12, categories: ['low storage'] }] },
  history: {
    ...steady(20),
    server: {
      FreeStorageSpace: [
        { hoursAgo: 36, level: 30 * GIB },
        { hoursAgo: 0.3, level: 0 },
      ],
    },
    log: logging({ connectionAttemptsFailed: 60 }),
  },
  tuning: { poolLimit: 10, connectTimeoutMs: 1000 },
};

export const failover: Scenario = {
  description: 'The cluster failed over 20 minutes ago. LiteLLM says connected, and is not on the new writer.',
  version: GOOD_VERSION,
  maxConnections: 100,
  litellm: { globalRow: 'absent', storedBodies: true },
  pods: [{ connections: 0 }, { connections: 0 }, { connections: 0 }],
  rds: { kind: 'cluster', events: [{ minutesAgo: 20, categories: ['failover'] }] },
  history: {
    connections: [
      { hoursAgo: 36, level: 40 },
      { hoursAgo: 0.4, level: 40 },
      { hoursAgo: 0.3, level: 1 },
    ],
  },
  tuning: { poolLimit: 10, workersPerPod: 1, pods: 3 },
};

export const readOnly: Scenario = {
  description: 'Somebody has made the database read-only: LiteLLM can read its keys and saves nothing.',
  version: GOOD_VERSION,
  maxConnections: 100,
  litellm: { globalRow: 'absent', workers: [], storedBodies: true },
  pods: [{ connections: 4 }, { connections: 4 }],
  database: 'read-only',
  history: steady(8),
  tuning: { poolLimit: 10, workersPerPod: 1, pods: 2 },
};

/** Four hours and one hour ago, for ten minutes each. */
const TWO_BURSTS: Levels = [
  { hoursAgo: 36, level: 20 },
  ...[4, 1].flatMap((hoursAgo) => [
    { hoursAgo: hoursAgo + 0.2, level: 20 },
    { hoursAgo: hoursAgo + 0.15, level: 95 },
    { hoursAgo, level: 95 },
    { hoursAgo: hoursAgo - 0.05, level: 20 },
  ]),
];

export const burst: Scenario = {
  description: 'All slots were taken twice in the last hours, for some minutes each. Now most are free.',
  version: GOOD_VERSION,
  maxConnections: 100,
  litellm: { globalRow: 'absent', workers: [1, 1, 1, 1], storedBodies: true },
  pods: [{ connections: 5 }, { connections: 5 }, { connections: 5 }, { connections: 5 }],
  history: { connections: TWO_BURSTS },
  tuning: { poolLimit: 10 },
};
