import type { CauseId } from '../../lambda/diagnosis/diagnosis.ts';
import type { Snapshot, Sources, SourceValues } from '../../lambda/snapshot/snapshot.ts';

/** The surface of a case with another truth. */
interface Twin {
  readonly of: string;
  /** What is different. */
  readonly truth: string;
  readonly snapshot: (original: Snapshot) => Snapshot;
  /** The first cause then; null: nothing is wrong. */
  readonly first: CauseId | null;
  /** What the case is named for, and the twin must not be. */
  readonly never: CauseId;
}

export const TWINS: readonly Twin[] = [
  {
    of: '01-iam-leak-1.73.6',
    truth: 'no refresh happens, so that each pod has one pool of one token, most of it idle for hours',
    snapshot: (original) =>
      levels(
        changed(original, 'sessions', ({ groups, cohorts, ...sessions }) => {
          const opened = cohorts.slice(0, 6).map((cohort, index) => ({
            ...cohort,
            // Within the quarter of an hour that a token lives: at start, and at two peaks of load.
            firstStart: at(3, 28 + 4 * Math.floor(index / 2), 19),
            lastStart: at(3, 28 + 4 * Math.floor(index / 2), 20),
            newestIdleSince: index < 4 ? at(4, 30, 0) : at(11, 59, 50),
          }));
          return {
            ...sessions,
            total: 30,
            groups: groups.filter(({ state }) => state === 'idle').map((group) => ({ ...group, count: 15 })),
            groupCount: 2,
            cohorts: opened,
            cohortCount: 6,
          };
        }),
        () => 30,
      ),
    first: null,
    never: 'iam-token-refresh',
  },
  {
    of: '15-dead-workers',
    truth: 'every worker lives, and uses one connection of its pool',
    snapshot: (original) =>
      changed(original, 'sessions', ({ cohorts, ...sessions }) => ({
        ...sessions,
        cohorts: cohorts.map((cohort) => ({ ...cohort, newestIdleSince: at(11, 59, 50) })),
      })),
    first: 'none-of-the-known',
    never: 'dead-worker-engine',
  },
  {
    of: '02-iam-leak-full',
    truth: 'a steady level at the limit, on a version without a known leak',
    snapshot: (original) =>
      versionOf(
        levels(original, () => 416),
        '1.108.13',
      ),
    first: 'slots-exhausted',
    never: 'iam-token-refresh',
  },
  {
    of: '03-row-lock-pileup',
    truth: 'all those sessions are at work, and nobody waits for anybody',
    snapshot: (original) =>
      changed(nobodyWaits(original), 'sessions', (sessions) => ({
        ...sessions,
        idleTransactions: sessions.idleTransactions.map((transaction) => ({
          ...transaction,
          transactionSeconds: 1,
          idleSeconds: 1,
          blocking: 0,
        })),
      })),
    first: 'none-of-the-known',
    never: 'lock-pile-up',
  },
  {
    of: '10-create-index-lock',
    truth: 'the index is built with CONCURRENTLY, so that writers go on',
    snapshot: (original) =>
      changed(withoutProxyErrors(nobodyWaits(original)), 'locks', (locks) => ({
        ...locks,
        indexBuilds: locks.indexBuilds.map((build) => ({ ...build, command: 'CREATE INDEX CONCURRENTLY' })),
      })),
    first: null,
    never: 'lock-pile-up',
  },
  {
    of: '12-advisory-lock-orphan',
    truth: 'the session that holds the lock runs its migration, and the next job has just begun to wait',
    snapshot: (original) =>
      changed(original, 'locks', (locks) => ({
        ...locks,
        sessions: locks.sessions.map((session) =>
          session.waits === null
            ? { ...session, state: 'active', stateSeconds: 4, transactionSeconds: 4 }
            : { ...session, stateSeconds: 3, waits: { ...session.waits, seconds: 3 } },
        ),
      })),
    first: null,
    never: 'migration-lock-orphaned',
  },
  {
    of: '04-workers-and-services',
    truth: 'the services have a database and a user of their own',
    snapshot: (original) =>
      changed(original, 'sessions', (sessions) => ({
        ...sessions,
        groups: sessions.groups.map((group) =>
          group.application === '' ? group : { ...group, user: 'usage', database: 'usage' },
        ),
      })),
    first: 'other-application',
    never: 'pools-do-not-fit',
  },
  {
    of: '11-rolling-deploy',
    truth: 'all pods are old and fit, so that nothing is being deployed',
    snapshot: (original) =>
      changed(
        original,
        'server',
        (server) => ({ ...server, maxConnections: 300 }),
        (sources) => ({
          ...sources,
          sessions: value(sources, 'sessions', (sessions) => ({
            ...sessions,
            cohorts: sessions.cohorts.map((cohort) => ({
              ...cohort,
              firstStart: '2026-11-24T05:59:59.000000+00:00',
              lastStart: '2026-11-24T06:00:00.000000+00:00',
            })),
          })),
        }),
      ),
    first: null,
    never: 'pools-do-not-fit',
  },
  {
    of: '17-componentized',
    truth: 'every pod runs three workers',
    snapshot: (original) =>
      changed(original, 'sessions', (sessions) => ({
        ...sessions,
        total: 6 * 30,
        groups: sessions.groups.map((group) => ({ ...group, count: 30 })),
        cohorts: sessions.cohorts.map((cohort) => ({ ...cohort, count: 30, idle: 30 })),
      })),
    first: 'none-of-the-known',
    never: 'split-ignores-pool-limit',
  },
  {
    of: '19-iam-refresh-fails',
    truth: 'a version whose refresh works: somebody else fails',
    snapshot: (original) => versionOf(original, '1.108.13'),
    first: 'iam-logins-refused',
    never: 'iam-refresh-fails',
  },
  {
    of: '19-iam-refresh-fails',
    truth: 'a handful of failures among thousands of logins',
    snapshot: (original) =>
      changed(withoutProxyErrors(original), 'cloudwatch', (cloudwatch) => ({
        ...cloudwatch,
        iam: { requests: 9600, failures: [{ cause: 'invalid-token', count: 52 }] },
      })),
    first: null,
    never: 'iam-refresh-fails',
  },
  {
    of: '21-iam-throttled',
    truth: 'most logins are throttled',
    snapshot: (original) =>
      changed(original, 'cloudwatch', (cloudwatch) => ({
        ...cloudwatch,
        iam: { requests: 12500, failures: [{ cause: 'throttling', count: 9000 }] },
      })),
    first: 'iam-logins-refused',
    never: 'iam-refresh-fails',
  },
  {
    of: '22-rds-proxy-pinned',
    truth: 'RDS Proxy pins nothing',
    snapshot: (original) =>
      changed(original, 'cloudwatch', (cloudwatch) => ({
        ...cloudwatch,
        rdsProxy: cloudwatch.rdsProxy && { ...cloudwatch.rdsProxy, pinned: 0 },
      })),
    first: 'none-of-the-known',
    never: 'rds-proxy-pinned',
  },
  {
    of: '22-rds-proxy-pinned',
    truth: 'the pods connect to the database itself, with pools that are large enough to hold so many',
    snapshot: (original) =>
      changed(original, 'sessions', (sessions) => ({
        ...sessions,
        total: 330,
        groups: sessions.groups.filter(({ user }) => user !== 'rdsproxyadmin'),
        groupCount: 2,
        cohorts: sessions.cohorts.filter(({ user }) => user !== 'rdsproxyadmin'),
        cohortCount: 2,
      })),
    first: 'none-of-the-known',
    never: 'rds-proxy-pinned',
  },
  {
    of: '25b-other-application-old-litellm',
    truth: "the sessions that grow are LiteLLM's",
    snapshot: (original) =>
      changed(original, 'sessions', (sessions) => ({
        ...sessions,
        groups: sessions.groups.map((group) => ({ ...group, user: 'litellm', database: 'litellm' })),
        cohorts: sessions.cohorts.map((cohort) => ({ ...cohort, user: 'litellm', database: 'litellm' })),
      })),
    first: 'known-bad-version',
    never: 'other-application',
  },
  {
    of: '25b-other-application-old-litellm',
    truth: 'nothing grows',
    snapshot: (original) => levels(original, () => 185),
    first: null,
    never: 'other-application',
  },
  {
    of: '06-idle-tcp-dropped',
    truth: 'the server was restarted twenty minutes ago',
    snapshot: (original) => changed(original, 'server', (server) => ({ ...server, startedAt: at(11, 40, 0) })),
    first: 'none-of-the-known',
    never: 'network-drops-idle',
  },
  {
    of: '06-idle-tcp-dropped',
    truth: 'the writer failed over, so that writes are refused too',
    snapshot: (original) => logged(original, { closedConnections: 240, readOnly: 90 }),
    first: 'database-read-only',
    never: 'network-drops-idle',
  },
  {
    of: '06-idle-tcp-dropped',
    truth: 'one pod was replaced, which left a handful of lines',
    snapshot: (original) => logged(original, { closedConnections: 4 }),
    first: null,
    never: 'network-drops-idle',
  },
  {
    of: '13-client-not-connected',
    truth: 'the slots of the server are used up',
    snapshot: (original) => changed(original, 'server', (server) => ({ ...server, maxConnections: 25 })),
    first: 'pools-do-not-fit',
    never: 'query-engine',
  },
  {
    of: '13-client-not-connected',
    truth: 'the engine is connected, and its pool is too small',
    snapshot: (original) => logged(original, { poolTimeouts: 180 }),
    first: 'none-of-the-known',
    never: 'query-engine',
  },
  {
    of: '30-spendlog-bloat',
    truth: 'the table is as large, and autovacuum keeps up with it',
    snapshot: (original) =>
      changed(original, 'tables', (tables) => ({
        ...tables,
        tables: tables.tables.map((table) => ({ ...table, deadRows: 0, vacuumedAt: tables.at })),
      })),
    first: null,
    never: 'table-growth',
  },
  {
    of: '09b-cpu-seqscan-timeouts',
    truth: 'the sessions wait for a lock, and the CPU has nothing to do',
    snapshot: (original) =>
      changed(
        cpu(original, () => 12),
        'sessions',
        (sessions) => ({
          ...sessions,
          statements: { active: [{ waitsFor: 'Lock', count: 20, lasting: 20 }], long: [], longCount: 0 },
        }),
      ),
    first: 'none-of-the-known',
    never: 'server-overloaded',
  },
  {
    of: '09b-cpu-seqscan-timeouts',
    truth: 'the CPU was busy for a few minutes of a backup, an hour ago, and the pool is too small',
    snapshot: (original) =>
      changed(
        cpu(original, (minutesAgo) => (minutesAgo > 60 && minutesAgo < 70 ? 100 : 30)),
        'sessions',
        (sessions) => ({
          ...sessions,
          statements: { active: [{ waitsFor: null, count: 20, lasting: 0 }], long: [], longCount: 0 },
        }),
      ),
    first: 'none-of-the-known',
    never: 'server-overloaded',
  },
  {
    of: '23-aurora-failover',
    truth: 'nothing failed over: the proxy uses another database',
    snapshot: (original) =>
      changed(
        original,
        'server',
        (server) => ({ ...server, startedAt: '2026-10-15T12:00:00.000000+00:00' }),
        (sources) => ({
          ...sources,
          rds: value(sources, 'rds', (rds) => ({ ...rds, events: { state: 'seen', events: [] } })),
        }),
      ),
    first: null,
    never: 'failover-left-behind',
  },
  {
    of: '23-aurora-failover',
    truth: 'LiteLLM has followed the failover',
    snapshot: (original) =>
      changed(
        levels(original, () => 20),
        'sessions',
        (sessions) => ({
          ...sessions,
          total: 20,
          groups: ['10.73.0.1', '10.73.0.2'].map((clientAddress) => ({
            user: 'litellm',
            database: 'litellm',
            clientAddress,
            application: '',
            state: 'idle',
            tls: true,
            iam: false,
            count: 10,
            oldestBackendStart: at(11, 41, 0),
            oldestStateChange: at(11, 59, 0),
          })),
          groupCount: 2,
        }),
      ),
    first: null,
    never: 'failover-left-behind',
  },
  {
    of: '33-burst-between-audits',
    truth: 'the peaks stay below the last slot',
    snapshot: (original) => levels(original, (hoursBefore) => (Math.abs(hoursBefore - 6.9) < 0.1 ? 105 : 40)),
    first: null,
    never: 'bursts-fill-slots',
  },
  {
    of: '33-burst-between-audits',
    truth: 'max_connections has been raised since',
    snapshot: (original) => changed(original, 'server', (server) => ({ ...server, maxConnections: 400 })),
    first: null,
    never: 'bursts-fill-slots',
  },
  {
    of: '26b-storage-full',
    truth: 'RDS restarts it, and there is room',
    snapshot: (original) =>
      changed(original, 'rds', (rds) => ({
        ...rds,
        instances: rds.instances.map((instance) => ({ ...instance, status: 'rebooting' })),
      })),
    first: 'database-unreachable',
    never: 'storage-full',
  },
  {
    of: '34-iam-no-permission',
    truth: 'the logins of everybody are refused',
    snapshot: (original) =>
      changed(original, 'cloudwatch', (cloudwatch) => ({
        ...cloudwatch,
        iam: { requests: 340, failures: [{ cause: 'insufficient-permissions', count: 336 }] },
      })),
    first: 'iam-logins-refused',
    never: 'database-unreachable',
  },
];

/** Whoever is at work gets every lock at once. */
function nobodyWaits(snapshot: Snapshot): Snapshot {
  return changed(snapshot, 'locks', (locks) => ({ ...locks, waiterCount: 0, edges: [], edgeCount: 0, sessions: [] }));
}

/** On the day of the cases. */
function at(hour: number, minute: number, second: number): string {
  const two = (number: number) => String(number).padStart(2, '0');
  return `2026-11-24T${two(hour)}:${two(minute)}:${two(second)}.000000+00:00`;
}

function value<Name extends keyof SourceValues>(
  sources: Sources,
  name: Name,
  change: (value: SourceValues[Name]) => SourceValues[Name],
): Sources[Name] {
  const source = sources[name];
  return source.status === 'ok' ? { ...source, value: change(source.value) } : source;
}

function changed<Name extends keyof SourceValues>(
  snapshot: Snapshot,
  name: Name,
  change: (value: SourceValues[Name]) => SourceValues[Name],
  rest: (sources: Sources) => Sources = (sources) => sources,
): Snapshot {
  return { ...snapshot, sources: rest({ ...snapshot.sources, [name]: value(snapshot.sources, name, change) }) };
}

/** The readings of the connections, by the hour before the audit. */
function levels(snapshot: Snapshot, level: (hoursBefore: number) => number): Snapshot {
  const end = Date.parse(snapshot.takenAt);
  return changed(snapshot, 'cloudwatch', ({ connections, ...rest }) => ({
    ...rest,
    connections: {
      ...connections,
      points: connections.points.map(({ at }) => ({ at, value: level((end - Date.parse(at)) / 3_600_000) })),
    },
  }));
}

/** The use of the CPU, by the minutes before the audit. */
function cpu(snapshot: Snapshot, level: (minutesBefore: number) => number): Snapshot {
  const end = Date.parse(snapshot.takenAt);
  return changed(snapshot, 'load', (load) => ({
    ...load,
    cpuPercent: load.cpuPercent.map(({ at }) => ({ at, value: level((end - Date.parse(at)) / 60_000) })),
  }));
}

function versionOf(snapshot: Snapshot, version: string): Snapshot {
  return changed(snapshot, 'proxy', (proxy) => ({
    ...proxy,
    versions: proxy.versions.map((stated) => ({ ...stated, version })),
  }));
}

function withoutProxyErrors(snapshot: Snapshot): Snapshot {
  return logged(snapshot, {});
}

/** With these lines in the proxy's log, and no others of those that were counted. */
function logged(snapshot: Snapshot, lines: SourceValues['proxy-log']['lines']): Snapshot {
  return changed(snapshot, 'proxy-log', (log) => ({
    ...log,
    lines: { ...Object.fromEntries(Object.keys(log.lines).map((id) => [id, 0])), ...lines },
  }));
}
