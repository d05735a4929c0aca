import { describe, expect, it } from 'vitest';
import { buildModel } from '../../lambda/model/model.ts';
import type { Topology } from '../../lambda/model/topology.ts';
import type { Settings } from '../../lambda/settings/settings.ts';
import type { SessionGroup, SessionsSource, Sources } from '../../lambda/snapshot/snapshot.ts';
import { NO_HEARTBEATS } from '../sessions.ts';
import {
  healthySnapshot,
  litellm,
  proxy,
  role,
  seen,
  server,
  sessionGroup,
  sessions,
  settingsFor,
  table,
} from '../snapshots.ts';

function topology(
  groups: readonly SessionGroup[],
  settings: Partial<Settings> = {},
  sources: Partial<Sources> = NO_HEARTBEATS,
  owner = 'litellm',
  more: Partial<SessionsSource> = {},
): Topology {
  const owned = server({ tables: [{ ...table('LiteLLM_Config', []), owner }] });
  const snapshot = healthySnapshot({
    sources: { server: seen(owned), sessions: seen(sessions({ groups, ...more })), ...sources },
  });
  const { topology: found } = buildModel(snapshot, settingsFor(settings));
  if (found === null) throw new Error('Server and sessions were not seen.');
  return found;
}

const OTHERS = [
  sessionGroup({ user: 'rdsadmin', count: 90 }),
  sessionGroup({ user: 'litellm_auditor', count: 90 }),
  sessionGroup({ user: 'dba', application: 'psql', count: 90 }),
  sessionGroup({ user: 'app', database: 'other', count: 90 }),
];

describe("LiteLLM's sessions", () => {
  it('are those of the configured user before all others', () => {
    const { who } = topology([sessionGroup(), sessionGroup({ user: 'proxy', count: 3 })], { litellmUser: 'proxy' });

    expect(who).toMatchObject({ users: ['proxy'], from: 'configuration', sessions: 3, uncertainties: [] });
  });

  it("are those of the tables' owner, even where another user has more", () => {
    const { who } = topology([sessionGroup(), sessionGroup({ user: 'proxy', count: 30 })]);

    expect(who).toMatchObject({ users: ['litellm'], from: 'owner of its tables', sessions: 10, uncertainties: [] });
  });

  it('are those of the user with most sessions when the owner has none, or only a tool, and said to be a guess', () => {
    const groups = [...OTHERS, sessionGroup({ user: 'proxy', count: 6 }), sessionGroup({ user: 'grafana', count: 5 })];

    const { who } = topology(groups, {}, NO_HEARTBEATS, 'dba');

    expect(who).toMatchObject({ users: ['proxy'], from: 'most sessions', uncertainties: [{ confidence: 'medium' }] });
    expect(who?.uncertainties[0]?.reason).toContain('(dba)');
  });

  it.each([
    ['the owner of its tables', 'litellm'],
    ['another role than the owner', 'proxy'],
  ])("are seen when the audit runs as LiteLLM's own user, %s", (_name, user) => {
    const own = sessionGroup({ user, count: 12 });
    const auditor = sessionGroup({ user, application: 'litellm-db-auditor', count: 1 });
    const audited = server({
      role: role({ name: user, isMarked: false }),
      tables: [{ ...table('LiteLLM_Config', []), owner: 'litellm' }],
    });
    const snapshot = healthySnapshot({
      sources: { server: seen(audited), sessions: seen(sessions({ groups: [own, auditor] })) },
    });

    const settings = settingsFor({ target: { ...settingsFor().target, user } });
    const { topology: found } = buildModel(snapshot, settings);

    expect(found?.who).toMatchObject({ users: [user], sessions: 12 });
  });

  it('are not seen where only services and tools hold sessions', () => {
    expect(topology(OTHERS).who).toBeNull();
    expect(topology([], { litellmUser: 'proxy' }).who).toBeNull();
  });

  it('may carry a name that the DATABASE_URL sets', () => {
    const named = [sessionGroup({ application: 'gateway' }), sessionGroup({ application: 'psql', count: 1 })];

    const { who } = topology(named);

    expect(who).toMatchObject({ application: 'gateway', sessions: 10, clients: [{ otherApplications: 1 }] });
  });

  it('are counted by client, most first, busy ones apart', () => {
    const groups = [
      sessionGroup({ count: 2 }),
      sessionGroup({ count: 1, state: 'active' }),
      sessionGroup({ clientAddress: '10.0.3.18', count: 5 }),
    ];

    const { who } = topology(groups);

    expect(who?.clients).toMatchObject([
      { name: 'litellm@10.0.3.18', sessions: 5, busy: 0 },
      { name: 'litellm@10.0.3.17', sessions: 3, busy: 1 },
    ]);
  });
});

describe('pods and workers', () => {
  const two = [sessionGroup(), sessionGroup({ clientAddress: '10.0.3.18' })];

  it('are counted by heartbeats rather than by the configuration', () => {
    const { deployment } = topology(two, { pods: 9, workersPerPod: 9 }, {});

    expect(deployment).toMatchObject({
      pods: 2,
      workers: 2,
      workersPerPod: 1,
      podsFrom: 'heartbeats',
      uncertainties: [],
    });
  });

  it('are as configured without heartbeats, or when none is live', () => {
    const dead = litellm({ workers: { state: 'seen', live: 0, pods: [], podCount: 0 } });

    const { deployment } = topology(two, { pods: 3, workersPerPod: 4 }, { litellm: seen(dead) });

    expect(deployment).toMatchObject({ pods: 3, workers: 12, podsFrom: 'configuration', workersFrom: 'configuration' });
  });

  it('are estimated from addresses otherwise', () => {
    const { deployment } = topology(two);

    expect(deployment).toMatchObject({
      pods: 2,
      workers: 2,
      podsFrom: 'addresses of sessions',
      workersFrom: 'assumed',
    });
  });

  it('are uncertain when sessions come from more addresses than pods sent heartbeats', () => {
    const { deployment } = topology([...two, sessionGroup({ clientAddress: '10.0.3.19' })], {}, {});

    expect(deployment).toMatchObject({ pods: 2, uncertainties: [{ confidence: 'medium' }] });
  });
});

describe('the version', () => {
  const answered = (...versions: readonly string[]) => ({
    proxy: seen(proxy({ versions: versions.map((version) => ({ version, from: 'readiness' as const, count: 1 })) })),
  });

  it('is the oldest that replicas state', () => {
    const { version } = topology([], {}, answered('1.104.7', '1.95.0', 'nonsense', '1.99.0'));

    expect(version?.text).toBe('1.95.0');
  });

  it('is not known by a text that is none', () => {
    expect(topology([], {}, answered('nonsense')).version).toBeNull();
  });
});

describe('shared addresses', () => {
  const one = [sessionGroup({ clientAddress: '127.0.0.1' })];

  it.each([
    [1, null],
    [2, { kind: 'shared' }],
    [5, { kind: 'shared' }],
  ])('are recognised by one address for %i pods', (pods, sharing) => {
    const found = topology(one, { pods }).sharing;

    expect(found).toEqual(sharing && expect.objectContaining(sharing));
  });

  it('are not recognised by a pod that holds no session at the moment', () => {
    const two = [...one, sessionGroup({ clientAddress: '127.0.0.2' })];

    expect(topology(two, { pods: 3 }).sharing).toBeNull();
  });

  it("are RDS Proxy's by the host, or by its own sessions from there", () => {
    const host = (name: string) =>
      topology(
        one,
        {},
        {
          ...NO_HEARTBEATS,
          connection: seen({
            host: name,
            port: 5432,
            user: 'a',
            databaseName: 'litellm',
            authentication: 'iam',
            tls: true,
          }),
        },
      ).sharing?.kind;
    const beside = (clientAddress: string) =>
      topology([...one, sessionGroup({ user: 'rdsproxyadmin', clientAddress })]).sharing?.kind;

    expect(host('p.proxy-c1a2.eu-central-1.rds.amazonaws.com')).toBe('rds-proxy');
    expect(host('proxy.c1a2.eu-central-1.rds.amazonaws.com')).toBeUndefined();
    expect(beside('127.0.0.1')).toBe('rds-proxy');
    expect(beside('10.9.9.9')).toBeUndefined();
  });

  it.each([
    [30, undefined, null],
    [31, undefined, 'crowded'],
    [31, 1, null],
  ])('may be there with %i sessions of one address and %s configured pods', (count, pods, kind) => {
    const { sharing } = topology([sessionGroup({ count })], { pods });

    expect(sharing?.kind ?? null).toBe(kind);
  });
});
