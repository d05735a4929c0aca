import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startBudget } from '../../lambda/core/deadline.ts';
import { parseReadiness, parseVersion } from '../../lambda/snapshot/proxy/answers.ts';
import { readProxy } from '../../lambda/snapshot/proxy/proxy.ts';
import { type SecretState, secretsManagerService } from '../../sandbox/aws/secrets-manager.ts';
import { type Endpoint, startEndpoint } from '../../sandbox/aws/service.ts';
import { type ProxyFault, type ProxyStandIn, startProxy } from '../../sandbox/proxy.ts';
import { CALLER } from '../sandbox/aws/helpers.ts';

const KEY = 'sk-sandbox-admin-key';
const ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:proxy-AbCdEf';
const TIMEOUTS = { proxyTimeoutMs: 3000, awsTimeoutMs: 5000 };

let proxy: ProxyStandIn;
beforeAll(async () => {
  proxy = await startProxy({ pods: [], key: KEY });
});
afterEach(() => proxy.inject(undefined));
afterAll(() => proxy.stop());

function read(changes: { readonly url?: string; readonly keySecretArn?: string } = {}, timeouts = TIMEOUTS) {
  return readProxy({ url: proxy.url, ...changes }, timeouts, startBudget(20_000));
}

describe('the proxy', () => {
  it.each([
    ['1.81.13', 'connected', 200, 'connected'],
    ['1.81.13', 'disconnected', 503, null],
    ['1.81.13', 'none', 200, 'disconnected'],
    ['1.82.2', 'disconnected', 200, 'disconnected'],
    ['1.84.0', 'disconnected', 503, 'disconnected'],
    ['1.104.0', 'connected', 200, 'connected'],
    ['1.103.0', 'stalled', 200, 'connected'],
    ['1.104.0', 'stalled', 503, 'stalled'],
    ['1.104.0', 'disconnected', 503, 'disconnected'],
    ['1.104.0', 'none', 200, 'disconnected'],
  ] as const)('tells its database when it is %s and %s', async (version, database, httpStatus, expected) => {
    proxy.deploy([{ version, database }]);

    const source = await read();

    expect(source).toMatchObject({ host: '127.0.0.1', failures: [] });
    expect(source.readiness).toEqual(Array(3).fill({ httpStatus, database: expected }));
  });

  it('says nothing about its database when it shuts down', async () => {
    proxy.deploy([{ version: '1.104.0', shuttingDown: true }]);

    const { readiness } = await read();

    expect(readiness).toEqual(Array(3).fill({ httpStatus: 503, database: null, shuttingDown: true }));
  });

  it('states its version by readiness when it is old, and is asked nothing else', async () => {
    proxy.deploy([{ version: '1.81.3' }]);
    const before = proxy.asked().length;

    const { versions } = await read({ keySecretArn: ARN });

    expect(versions).toEqual([{ version: '1.81.3', from: 'readiness', count: 3 }]);
    expect(proxy.asked().slice(before)).toEqual(Array(3).fill('/health/readiness'));
  });

  it('states its version by the model hub when readiness is silent about it', async () => {
    proxy.deploy([{ version: '1.108.13' }]);

    expect((await read()).versions).toEqual([{ version: '1.108.13', from: 'model-hub', count: 3 }]);
  });

  it('states all its versions when the pods differ, each on a connection of its own', async () => {
    proxy.deploy([{ version: '1.81.3' }, { version: '1.108.13' }, { version: '1.108.13', database: 'disconnected' }]);
    const before = proxy.connections();

    const { versions, readiness } = await read();

    expect(proxy.connections() - before).toBe(6);
    expect(readiness.map(({ database }) => database).sort()).toEqual(['connected', 'connected', 'disconnected']);
    expect(versions).toEqual([
      { version: '1.108.13', from: 'model-hub', count: 2 },
      { version: '1.81.3', from: 'readiness', count: 1 },
      { version: '1.81.3', from: 'model-hub', count: 1 },
    ]);
  });

  it('is found under a path when its URL has one', async () => {
    proxy.deploy([{ version: '1.81.3' }]);
    const before = proxy.asked().length;

    const { failures } = await read({ url: `${proxy.url}/litellm/?from=config` });

    expect(proxy.asked().slice(before)).toEqual(Array(3).fill('/litellm/health/readiness'));
    expect(failures[0]).toMatchObject({ kind: 'unexpected-answer', code: 'HTTP 404' });
  });

  it.each([
    ['silent', 'timeout'],
    ['reset', 'connection-lost'],
    ['page', 'unexpected-answer'],
    ['other-json', 'unexpected-answer'],
    ['endless', 'unexpected-answer'],
    ['redirect', 'unexpected-answer'],
  ] as const satisfies readonly (readonly [ProxyFault, string])[])(
    'has three failures and no answer when it is %s',
    async (fault, kind) => {
      proxy.deploy([{ version: '1.81.3' }]);
      proxy.inject(fault);

      const source = await read({}, { ...TIMEOUTS, proxyTimeoutMs: 300 });

      expect(source).toMatchObject({ readiness: [], versions: [] });
      expect(source.failures.map((failure) => failure.kind)).toEqual(Array(3).fill(kind));
    },
  );

  it('has answered when the load balancer says 503 in its place', async () => {
    proxy.inject('no-pods');

    const { readiness, failures } = await read();

    expect(readiness).toEqual(Array(3).fill({ httpStatus: 503, database: null }));
    expect(failures).toEqual([]);
  });

  it('is unreachable when nobody listens, and name-unresolved when the name is not known', async () => {
    const gone = await startProxy({ pods: [] });
    await gone.stop();

    const [closed, unknown] = await Promise.all([read({ url: gone.url }), read({ url: 'http://nowhere.invalid' })]);

    expect(closed.failures.map(({ kind }) => kind)).toEqual(Array(3).fill('unreachable'));
    expect(unknown.failures.map(({ kind }) => kind)).toEqual(Array(3).fill('name-unresolved'));
  });

  it('has no TLS when https is spoken to http', async () => {
    const { failures } = await read({ url: proxy.url.replace('http:', 'https:') });

    expect(failures[0]?.kind).toBe('tls-unavailable');
  });

  it('is never asked for /health', () => {
    expect(proxy.asked()).not.toContain('/health');
  });
});

describe('the key of the proxy', () => {
  const state: SecretState = { secrets: {} };
  let secrets: Endpoint;
  let closed: ProxyStandIn;
  beforeAll(async () => {
    secrets = await startEndpoint(secretsManagerService(state), CALLER);
    // A pod that tells its version to those with a key alone.
    closed = await startProxy({ pods: [{ version: '1.108.13' }], key: KEY, withoutModelHub: true });
  });
  afterAll(async () => {
    await secrets.stop();
    await closed.stop();
  });
  afterEach(() => vi.unstubAllEnvs());

  function readWithKey() {
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', secrets.url);
    vi.stubEnv('AWS_ACCESS_KEY_ID', CALLER.credentials.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', CALLER.credentials.secretAccessKey);
    vi.stubEnv('AWS_SESSION_TOKEN', CALLER.credentials.sessionToken ?? '');
    return read({ url: closed.url, keySecretArn: ARN });
  }

  it.each([KEY, JSON.stringify({ key: KEY }), `${KEY}\n`])(
    'opens the details when the secret is %j',
    async (secret) => {
      state.secrets = { [ARN]: secret };

      const source = await readWithKey();

      expect(source).toMatchObject({
        failures: [],
        versions: [{ version: '1.108.13', from: 'readiness-details', count: 3 }],
      });
      expect(JSON.stringify(source)).not.toContain(KEY);
    },
  );

  it('is a failure beside the answers when the proxy refuses it', async () => {
    state.secrets = { [ARN]: 'sk-of-another-proxy' };

    const { readiness, failures } = await readWithKey();

    expect(readiness).toHaveLength(3);
    expect(failures).toMatchObject([
      { kind: 'permission-denied', message: expect.stringContaining('refused the key') },
    ]);
  });

  it.each([
    ['not there', {}, 'not-found'],
    ['not usable', { [ARN]: `{"other": "${KEY}"}` }, 'unexpected-answer'],
    ['two lines', { [ARN]: `${KEY}\nX-Other: 1` }, 'unexpected-answer'],
    ['broken JSON', { [ARN]: `{"key": "${KEY}"` }, 'unexpected-answer'],
  ])('is a failure beside the answers, and is not shown, when it is %s', async (_how, all, kind) => {
    state.secrets = all;

    const source = await readWithKey();

    expect(source.readiness).toHaveLength(3);
    expect(source.failures).toMatchObject([
      { kind, message: expect.stringMatching(/^The proxy's key could not be read/) },
    ]);
    expect(JSON.stringify(source)).not.toContain(KEY);
  });

  it('says which permission is missing when Secrets Manager denies it', async () => {
    secrets.faults.inject({ kind: 'refuse', code: 'AccessDeniedException', status: 400 });

    const { failures } = await readWithKey();

    expect(failures).toMatchObject([
      { kind: 'permission-denied', remediation: { text: `Allow secretsmanager:GetSecretValue on ${ARN}.` } },
    ]);
    secrets.faults.inject(undefined);
  });
});

describe('an answer', () => {
  const body = fc.oneof(
    fc.jsonValue(),
    fc.record({ status: fc.jsonValue(), db: fc.jsonValue(), litellm_version: fc.jsonValue() }, { requiredKeys: [] }),
    fc.record({ status: fc.string(), db: fc.string(), litellm_version: fc.string({ unit: 'binary', maxLength: 200 }) }),
  );
  const answers = fc.record({ httpStatus: fc.integer({ min: 100, max: 599 }), body });

  it('is read without a throw, and keeps at most 60 well-formed characters, whatever it is', () => {
    fc.assert(
      fc.property(answers, (answer) => {
        const version = parseVersion(answer) ?? '';

        expect(['connected', 'disconnected', null, undefined]).toContain(parseReadiness(answer)?.database);
        expect(version.length).toBeLessThanOrEqual(60);
        expect(version.isWellFormed()).toBe(true);
      }),
    );
  });

  it('is not connected when either field says otherwise', () => {
    fc.assert(
      fc.property(fc.constantFrom('disconnected', 'Not connected'), fc.string(), (word, other) => {
        for (const body of [
          { status: word, db: other },
          { status: other, db: word },
        ]) {
          expect(parseReadiness({ httpStatus: 200, body })?.database).toBe('disconnected');
        }
      }),
    );
  });
});
