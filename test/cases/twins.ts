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

function versionOf(snapshot: Snapshot, version: string): Snapshot {
  return changed(snapshot, 'proxy', (proxy) => ({
    ...proxy,
    versions: proxy.versions.map((stated) => ({ ...stated, version })),
  }));
}

function withoutProxyErrors(snapshot: Snapshot): Snapshot {
  return changed(snapshot, 'cloudwatch', (cloudwatch) => ({
    ...cloudwatch,
    proxyErrors: { connectionAttemptsFailed: 0, poolTimeouts: 0 },
  }));
}
