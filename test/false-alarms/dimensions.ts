import fc from 'fast-check';
import type { CheckId } from '../../lambda/checks/registry.ts';
import { idleTransaction } from '../snapshots.ts';
import { CONNECTED, type Level, type Pod, type Scene } from './scene.ts';

/** What a dimension makes of a scene. */
export type Change = (scene: Scene) => Scene;

/**
 * One way in which healthy proxies differ from one another, and the same pushed until something fails. To add one, append it to `DIMENSIONS`: a new
 * source is changed by `after` of the scene.
 */
export interface Dimension {
  readonly name: string;
  readonly healthy: fc.Arbitrary<Change>;
  readonly sick: fc.Arbitrary<Change>;
  /** The check that has to see it. */
  readonly seenBy: CheckId;
}

const minutes = (min: number, max: number) => fc.integer({ min, max });
const percent = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const seconds = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** A level that another one interrupts between two times. */
function between(usual: number, level: number, from: number, to: number): Level {
  return (hoursAgo) => (hoursAgo <= from && hoursAgo >= to ? level : usual);
}

function totalOf({ pods, others }: Scene): number {
  const own = pods.flatMap(({ opened }) => opened).reduce((sum, { count }) => sum + count, 0);
  return Object.values(others).reduce((sum, count) => sum + count, own);
}

function newPods(count: number, minutesAgo: number): readonly Pod[] {
  return Array.from({ length: count }, (_, index) => ({
    address: `10.0.4.${index + 1}`,
    opened: [{ minutesAgo, idleMinutes: 0, count: 8 }],
  }));
}

/** Pools that were opened once and have been idle for hours; each refresh of a token replaces the pool. */
const pools: Dimension = {
  name: 'the pools: idle for hours, or replaced by each refresh of a token',
  healthy: fc
    .record({
      login: fc.constantFrom('iam' as const, 'password' as const),
      old: minutes(20, 5000),
      idle: percent(0, 1),
      young: minutes(1, 11),
      count: minutes(1, 10),
    })
    .map(({ login, old, idle, young, count }): Change => {
      const minutesAgo = login === 'iam' ? young : old;
      return (scene) => ({
        ...scene,
        login,
        pods: scene.pods.map((pod) => ({
          ...pod,
          opened: [{ minutesAgo, idleMinutes: Math.floor(minutesAgo * idle), count }],
        })),
      });
    }),
  sick: minutes(4, 8).map(
    (refreshes): Change =>
      (scene) => ({
        ...scene,
        login: 'iam',
        pods: scene.pods.map((pod) => ({
          ...pod,
          opened: [
            ...Array.from({ length: refreshes }, (_, index) => ({
              minutesAgo: 12 * (refreshes - index) + 5,
              idleMinutes: 12 * (refreshes - index) - 6,
              count: 8,
            })),
            { minutesAgo: 5, idleMinutes: 0, count: 8 },
          ],
        })),
      }),
  ),
  seenBy: 'connection-leak',
};

const deployment: Dimension = {
  name: 'a rolling deployment: old and new pods side by side',
  healthy: fc.record({ count: minutes(0, 3), age: minutes(1, 14) }).map(
    ({ count, age }): Change =>
      (scene) => ({ ...scene, pods: [...scene.pods, ...newPods(count, age)] }),
  ),
  sick: minutes(1, 14).map(
    (age): Change =>
      (scene) => ({ ...scene, pods: [...scene.pods, ...newPods(24, age)] }),
  ),
  seenBy: 'connection-headroom',
};

/** The same every night: more sessions for some hours, and back. */
const nightlyPeak: Dimension = {
  name: 'a nightly peak of connections',
  healthy: fc.record({ start: percent(2, 11), share: percent(0, 0.9), length: percent(0.5, 2) }).map(
    ({ start, share, length }): Change =>
      (scene) => {
        const usual = totalOf(scene);
        const peak = usual + share * (0.95 * scene.usable - usual);
        return {
          ...scene,
          connections: (hoursAgo) => {
            const inDay = hoursAgo % 24;
            return Math.round(inDay <= start && inDay >= start - length ? Math.max(usual, peak) : usual);
          },
        };
      },
  ),
  sick: percent(6, 11).map(
    (start): Change =>
      (scene) => {
        const usual = totalOf(scene);
        const full = scene.usable;
        return {
          ...scene,
          connections: (hoursAgo) =>
            [start, start - 4].some((at) => hoursAgo <= at && hoursAgo >= at - 0.5) ? full : usual,
        };
      },
  ),
  seenBy: 'connection-headroom',
};

const cpu: Dimension = {
  name: 'the CPU: busy hours, and short peaks',
  healthy: fc
    .record({
      usual: percent(2, 60),
      peak: percent(60, 100),
      at: percent(0.4, 5),
      busy: percent(0, 85),
      count: minutes(0, 2),
    })
    .map(({ usual, peak, at, busy, count }): Change => {
      const short = between(usual, peak, at, at - 0.05);
      return (scene) => ({
        ...scene,
        load: { ...scene.load, cpuPercent: (hoursAgo) => Math.max(busy, short(hoursAgo)) },
        statements: { ...scene.statements, active: [{ waitsFor: null, count, lasting: 0 }] },
      });
    }),
  sick: fc.record({ level: percent(91, 100), count: minutes(3, 60) }).map(
    ({ level, count }): Change =>
      (scene) => ({
        ...scene,
        load: { ...scene.load, cpuPercent: () => level },
        statements: { ...scene.statements, active: [{ waitsFor: null, count, lasting: count }] },
      }),
  ),
  seenBy: 'server-load',
};

const maintenance: Dimension = {
  name: 'backups and vacuum: a queue at the disk for which no session waits',
  healthy: fc
    .record({ queue: percent(0, 120), balance: percent(30, 100), status: fc.constantFrom('available', 'backing-up') })
    .map(
      ({ queue, balance, status }): Change =>
        (scene) => ({
          ...scene,
          instanceStatus: status,
          load: { ...scene.load, diskQueueDepth: () => queue, ioBalancePercent: () => balance },
          events: [...scene.events, { minutesAgo: 30, category: 'backup' }],
        }),
    ),
  sick: percent(0, 9).map(
    (balance): Change =>
      (scene) => ({
        ...scene,
        load: { ...scene.load, ioBalancePercent: () => balance },
      }),
  ),
  seenBy: 'server-load',
};

const report = (pid: number, age: number) => ({
  pid,
  user: 'report',
  database: 'report',
  clientAddress: '10.0.9.9',
  application: 'psql',
  seconds: age,
  waitsFor: null,
});

const longReport: Dimension = {
  name: 'one long report query',
  healthy: seconds(60, 7200).map(
    (age): Change =>
      (scene) => ({
        ...scene,
        statements: { active: [{ waitsFor: null, count: 1, lasting: 1 }], long: [report(77, age)], longCount: 1 },
      }),
  ),
  sick: minutes(9, 20).map(
    (count): Change =>
      (scene) => ({
        ...scene,
        statements: {
          active: [{ waitsFor: null, count, lasting: count }],
          long: Array.from({ length: count }, (_, index) => report(70 + index, 900)),
          longCount: count,
        },
      }),
  ),
  seenBy: 'server-load',
};

const storage: Dimension = {
  name: 'the storage: large, slowly growing, or small with autoscaling',
  healthy: fc
    .oneof(
      fc.record({ allocated: minutes(20, 2000), share: percent(0.15, 0.95), max: fc.constant(null) }),
      fc.record({ allocated: minutes(20, 2000), share: percent(0.03, 0.95), max: fc.constant(5000) }),
    )
    .chain(({ allocated, share, max }) =>
      percent(0, 0.012).map(
        (grows): Change =>
          (scene) => ({
            ...scene,
            storage: { allocated, max, free: (hoursAgo) => allocated * share * (1 + grows * hoursAgo) },
          }),
      ),
    ),
  sick: percent(0.5, 11).map(
    (hours): Change =>
      (scene) => ({
        ...scene,
        storage: { allocated: 100, max: null, free: (hoursAgo) => 30 + (30 / hours) * hoursAgo },
      }),
  ),
  seenBy: 'server-load',
};

const memory: Dimension = {
  name: 'free memory',
  healthy: percent(0.5, 7.5).map(
    (gib): Change =>
      (scene) => ({
        ...scene,
        load: { ...scene.load, freeMemoryBytes: () => gib * 1024 ** 3 },
      }),
  ),
  sick: percent(0.01, 0.2).map(
    (gib): Change =>
      (scene) => ({
        ...scene,
        load: { ...scene.load, freeMemoryBytes: () => gib * 1024 ** 3 },
      }),
  ),
  seenBy: 'server-load',
};

const tokens: Dimension = {
  name: 'logins with tokens, of which a few fail',
  healthy: fc.record({ requests: minutes(200, 20_000), share: percent(0, 0.04) }).map(
    ({ requests, share }): Change =>
      (scene) => ({ ...scene, iam: { requests, failed: Math.floor(requests * share) } }),
  ),
  sick: percent(0.3, 1).map(
    (share): Change =>
      (scene) => ({
        ...scene,
        login: 'iam',
        pods: scene.pods.map((pod) => ({ ...pod, opened: [{ minutesAgo: 5, idleMinutes: 0, count: 8 }] })),
        iam: { requests: 500, failed: Math.ceil(500 * share) },
      }),
  ),
  seenBy: 'iam-authentication',
};

const transactions: Dimension = {
  name: 'transactions that are open and idle for a moment',
  healthy: fc
    .array(fc.record({ idleSeconds: seconds(0, 9), transactionSeconds: seconds(9, 60), blocking: minutes(0, 3) }), {
      maxLength: 3,
    })
    .map(
      (open): Change =>
        (scene) => ({ ...scene, transactions: open.map(idleTransaction) }),
    ),
  sick: seconds(301, 9000).map(
    (idleSeconds): Change =>
      (scene) => ({
        ...scene,
        transactions: [idleTransaction({ idleSeconds, transactionSeconds: idleSeconds })],
      }),
  ),
  seenBy: 'idle-in-transaction',
};

const failover: Dimension = {
  name: 'a failover or restart that LiteLLM has followed',
  healthy: fc.record({ minutesAgo: minutes(1, 3000), isFailover: fc.boolean() }).map(
    ({ minutesAgo, isFailover }): Change =>
      (scene) => ({
        ...scene,
        startedMinutesAgo: minutesAgo,
        // Sessions are not older than their server.
        pods: scene.pods.map((pod) => ({
          ...pod,
          opened: pod.opened.map((own) => ({
            ...own,
            minutesAgo: Math.min(own.minutesAgo, minutesAgo),
            idleMinutes: Math.min(own.idleMinutes ?? 0, minutesAgo),
          })),
        })),
        events: isFailover ? [...scene.events, { minutesAgo, category: 'failover' }] : scene.events,
      }),
  ),
  sick: minutes(6, 1400).map(
    (minutesAgo): Change =>
      (scene) => ({
        ...scene,
        pods: [],
        events: [{ minutesAgo, category: 'failover' }],
      }),
  ),
  seenBy: 'failover',
};

const readOnly: Dimension = {
  name: 'roles that may only read',
  healthy: fc.constantFrom('report', 'litellm_auditor').map(
    (role): Change =>
      (scene) => ({
        ...scene,
        server: { ...scene.server, readOnlySettings: [{ inDatabase: false, role, readOnly: true }] },
      }),
  ),
  sick: fc.constantFrom('litellm', null).map(
    (role): Change =>
      (scene) => ({
        ...scene,
        server: { ...scene.server, readOnlySettings: [{ inDatabase: true, role, readOnly: true }] },
      }),
  ),
  seenBy: 'failover',
};

const otherApplication: Dimension = {
  name: 'another application beside LiteLLM',
  healthy: minutes(0, 30).map(
    (count): Change =>
      (scene) => ({ ...scene, others: { ...scene.others, grafana: count } }),
  ),
  sick: minutes(170, 190).map(
    (count): Change =>
      (scene) => ({ ...scene, others: { ...scene.others, grafana: count } }),
  ),
  seenBy: 'connection-headroom',
};

const growth: Dimension = {
  name: 'connections that vary by a few',
  healthy: fc.infiniteStream(fc.integer({ min: -2, max: 2 })).map(
    (noise): Change =>
      (scene) => {
        const usual = scene.connections;
        const steps = [...noise.take(200)];
        if (usual !== null) return scene;
        const level = totalOf(scene);
        return { ...scene, connections: (hoursAgo) => level + (steps[Math.round(hoursAgo * 4) % steps.length] ?? 0) };
      },
  ),
  sick: percent(3, 10).map(
    (hours): Change =>
      (scene) => {
        const now = 0.75 * scene.usable;
        const perHour = (scene.usable - now) / hours;
        return { ...scene, connections: (hoursAgo) => Math.max(20, Math.round(now - perHour * hoursAgo)) };
      },
  ),
  seenBy: 'connection-growth',
};

const readiness: Dimension = {
  name: 'a pod that shuts down',
  healthy: fc.boolean().map(
    (leaving): Change =>
      (scene) => ({
        ...scene,
        readiness: leaving
          ? [CONNECTED, CONNECTED, { httpStatus: 503, database: null, shuttingDown: true }]
          : scene.readiness,
      }),
  ),
  sick: minutes(1, 3).map(
    (lost): Change =>
      (scene) => ({
        ...scene,
        readiness: [CONNECTED, CONNECTED, CONNECTED].map((answer, index) =>
          index < lost ? { httpStatus: 503, database: 'disconnected' } : answer,
        ),
      }),
  ),
  seenBy: 'proxy-health',
};

/** In the order in which they change a scene: a later one sees what the earlier ones have made. */
export const DIMENSIONS: readonly Dimension[] = [
  pools,
  deployment,
  otherApplication,
  failover,
  nightlyPeak,
  growth,
  cpu,
  longReport,
  maintenance,
  storage,
  memory,
  tokens,
  transactions,
  readOnly,
  readiness,
];
