import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { SandboxDatabase } from '../../sandbox/database/database.ts';
import { type Pods, startPods } from '../../sandbox/database/pods.ts';
import { listen } from '../../sandbox/loopback.ts';
import type { OddTls } from '../../sandbox/wire/fault.ts';
import { startFaultProxy } from '../../sandbox/wire/fault-proxy.ts';
import { startDatabase } from '../shared-database.ts';
import { credentialVariables } from '../target.ts';
import { kindOf, look, seen } from './look.ts';

let database: SandboxDatabase;
let clockShiftMs = 0;

beforeAll(async () => {
  database = await startDatabase({ maxConnections: 12, now: () => Date.now() + clockShiftMs });
});
afterAll(() => database.stop());
afterEach(() => {
  vi.unstubAllEnvs();
  database.inject(undefined);
  clockShiftMs = 0;
});

describe('a connection', () => {
  it('says iam-refused when the token has expired', async () => {
    clockShiftMs = 16 * 60_000;

    const sources = await look(database);

    expect(kindOf(sources.connection)).toBe('iam-refused');
    expect([sources.server, sources.sessions, sources['router-settings']].map(kindOf)).toEqual(
      Array(3).fill('skipped'),
    );
  });

  it('says iam-refused when the token is signed with another secret', async () => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'of somebody else');

    expect(kindOf((await look(database)).connection)).toBe('iam-refused');
  });

  it('says no-credentials when there are none', async () => {
    for (const name of Object.keys(credentialVariables(database))) vi.stubEnv(name, '');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');

    expect(kindOf((await look(database)).connection)).toBe('no-credentials');
  });

  it.each(['other-authority', 'wrong-name', 'expired'] as const)(
    'says tls-untrusted when the certificate is %s',
    async (certificate) => {
      database.inject({ kind: 'certificate', certificate });

      expect(kindOf((await look(database)).connection)).toBe('tls-untrusted');
    },
  );

  it.each([
    ['/nowhere.pem', 'cannot be read'],
    [import.meta.filename, 'holds no certificate'],
  ])('says ca-file when %s %s', async (caFile, why) => {
    const { connection } = await look(database, { tls: { mode: 'verify', caFile } });

    expect(connection).toMatchObject({
      status: 'failed',
      failure: {
        kind: 'ca-file',
        phase: 'signing',
        message: `The CA file ${why}, so no certificate can be checked.`,
      },
    });
  });

  it('trusts the authorities of the target beside a CA file that does not have them', async () => {
    const authority = readFileSync(database.caFile, 'utf8');
    const untrusted = { mode: 'verify', authorities: [] } as const;

    expect(kindOf((await look(database, { tls: untrusted })).connection)).toBe('tls-untrusted');
    expect(kindOf((await look(database, { tls: { mode: 'verify', authorities: [authority] } })).connection)).toBe('ok');
  });

  it.each<readonly [string, OddTls]>([
    ['tls-version', { maxVersion: 'TLSv1' }],
    ['tls-version', { maxVersion: 'TLSv1.1' }],
    ['client-certificate', { demandsClientCertificate: true }],
  ])('says %s when the TLS of the server is %j', async (kind, odd) => {
    const proxy = await startFaultProxy(database.postgres, database.certificates);
    onTestFinished(() => proxy.stop());
    proxy.inject(undefined, odd);

    expect(kindOf((await look(database, { port: proxy.port })).connection)).toBe(kind);
  });

  it('checks an IP address against the certificate when the host is one', async () => {
    const target = { host: '127.0.0.1' };

    // The token is signed for 127.0.0.1 and the proxy is localhost: past TLS, refused by IAM.
    expect(kindOf((await look(database, target)).connection)).toBe('iam-refused');
  });

  it('says login-refused when an IAM user comes without TLS', async () => {
    expect(kindOf((await look(database, { tls: { mode: 'off' } })).connection)).toBe('login-refused');
  });

  it('says password-refused when the password is wrong', async () => {
    const login = { kind: 'password', password: 'wrong' } as const;

    expect(kindOf((await look(database, { user: database.masterUser, login })).connection)).toBe('password-refused');
  });

  it('says database-missing when there is no such database', async () => {
    expect(kindOf((await look(database, { databaseName: 'nowhere' })).connection)).toBe('database-missing');
  });

  it('says timeout, and destroys the connection, when the server accepts and never answers', async () => {
    database.inject({ kind: 'silent' });

    const { connection } = await look(database, {}, { connectTimeoutMs: 300 });

    expect(connection).toMatchObject({
      status: 'failed',
      failure: {
        kind: 'timeout',
        phase: 'tls-request',
        message: 'No answer within 300 ms, after the request for TLS.',
      },
    });
  });

  it('says unreachable when nobody listens, and name-unresolved when the name is not known', async () => {
    const listening = await listen(createServer());
    await listening.stop();
    const port = Number(listening.address.split(':')[1]);

    expect(kindOf((await look(database, { port })).connection)).toBe('unreachable');
    expect(kindOf((await look(database, { host: 'nowhere.invalid' })).connection)).toBe('name-unresolved');
  });

  it('says slots-exhausted when the last ordinary slot is taken', async () => {
    const pods: Pods = await startPods(database, [{ connections: 9 }]);
    try {
      const { connection } = await look(database);

      expect(connection).toMatchObject({ status: 'failed', failure: { kind: 'slots-exhausted', code: '53300' } });
    } finally {
      await pods.stop();
    }
  });
});

describe('a source', () => {
  it('says connection-lost, and the next ones are skipped, when the server breaks off in the middle of an answer', async () => {
    database.inject({ kind: 'at-query', query: 2, answer: 'reset' });

    const sources = await look(database);

    expect(kindOf(sources.server)).toBe('ok');
    expect(kindOf(sources.sessions)).toBe('connection-lost');
    expect(kindOf(sources['router-settings'])).toBe('skipped');
  });

  it('says timeout when the answer never comes, and the look ends', async () => {
    database.inject({ kind: 'at-query', query: 1, answer: 'none' });

    const sources = await look(database, {}, { statementTimeoutMs: 200 });

    expect(kindOf(sources.server)).toBe('timeout');
    expect(kindOf(sources.sessions)).toBe('skipped');
  });

  it('fails alone when it is outside the database', async () => {
    const nobody = await listen(createServer());
    await nobody.stop();
    vi.stubEnv('AWS_ENDPOINT_URL_RDS', `http://${nobody.address}`);
    vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH', `http://${nobody.address}`);
    const target = { rds: { kind: 'instance', identifier: 'prod', region: database.region } } as const;

    const sources = await look(database, target, {}, { proxy: { url: `http://${nobody.address}` } });

    expect([sources.rds, sources.cloudwatch].map(kindOf)).toEqual(['unreachable', 'unreachable']);
    expect(seen(sources.proxy)).toMatchObject({ readiness: [], failures: Array(3).fill({ kind: 'unreachable' }) });
    expect([sources.server, sources.sessions, sources['router-settings'], sources.litellm].map(kindOf)).toEqual(
      Array(4).fill('ok'),
    );
  });

  it('says what to configure when nobody asked for it', async () => {
    const { rds, cloudwatch, proxy } = await look(database);

    expect([rds, cloudwatch, proxy]).toMatchObject([
      { status: 'skipped', configure: expect.stringMatching(/^rds/) },
      { status: 'skipped', configure: expect.stringMatching(/^rds/) },
      { status: 'skipped', configure: expect.stringMatching(/^proxy/) },
    ]);
  });

  it('leaves no session behind when the look is over', async () => {
    await look(database);

    await vi.waitFor(async () => {
      const rows = await database.query(`SELECT FROM pg_stat_activity WHERE application_name = 'litellm-db-auditor'`);
      expect(rows).toHaveLength(0);
    });
  });
});
