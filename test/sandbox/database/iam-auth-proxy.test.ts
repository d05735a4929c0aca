import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxDatabase } from '../../../sandbox/database/database.ts';
import { startDatabase } from '../../shared-database.ts';
import { auditor, refusal, token, withClient } from './clients.ts';

let database: SandboxDatabase;
/** How far the proxy's clock is ahead, in milliseconds. */
let ahead = 0;

beforeAll(async () => {
  database = await startDatabase({ litellm: { teams: 5, keys: 10 }, now: () => Date.now() + ahead });
});
afterAll(() => database.stop());
afterEach(() => {
  ahead = 0;
  database.inject(undefined);
});

const PAM_REFUSAL = { code: '28000', message: 'PAM authentication failed for user "litellm_auditor"' };

describe('the login of an IAM user', () => {
  it('succeeds when the token is good, and the whole startup packet arrives', async () => {
    const config = { ...(await auditor(database)), options: '-c statement_timeout=1234', application_name: 'me' };

    const rows = await withClient(config, async (client) => {
      const result =
        await client.query(`SELECT current_user::text AS who, current_setting('statement_timeout') AS timeout,
        application_name AS name, ssl FROM pg_stat_activity JOIN pg_stat_ssl USING (pid) WHERE pid = pg_backend_pid()`);
      return result.rows;
    });

    expect(rows).toEqual([{ who: 'litellm_auditor', timeout: '1234ms', name: 'me', ssl: true }]);
  });

  it('is refused when the token has expired', async () => {
    const config = await auditor(database);
    ahead = 900_000;

    expect(await refusal(config)).toEqual(PAM_REFUSAL);
  });

  it.each([
    ['for another user', { user: 'litellm' }],
    ['for another host', { host: 'db.internal' }],
    ['with another secret', { secret: 'guessed' }],
  ])('is refused when the token was signed %s', async (_name, change) => {
    const config = { ...(await auditor(database)), password: await token(database, change) };

    expect(await refusal(config)).toEqual(PAM_REFUSAL);
  });

  it('is refused when the token was tampered with, or is a password', async () => {
    const config = await auditor(database);
    const tampered = (await token(database)).replace('DBUser=', 'DBUser=x');

    expect(await refusal({ ...config, password: tampered })).toEqual(PAM_REFUSAL);
    expect(await refusal({ ...config, password: 'secret' })).toEqual(PAM_REFUSAL);
  });

  it('is refused when it comes without TLS', async () => {
    const config = { ...(await auditor(database)), ssl: false };

    expect(await refusal(config)).toEqual({
      code: '28000',
      message: 'no pg_hba.conf entry for host "127.0.0.1", user "litellm_auditor", database "litellm", no encryption',
    });
  });

  it('is refused when it goes around the proxy', async () => {
    const config = { ...(await auditor(database)), host: '127.0.0.1', port: database.postgres.port };

    expect(await refusal({ ...config, ssl: false })).toMatchObject({ code: '28000' });
    expect(await refusal(config)).toMatchObject({ code: '28000' });
  });
});

describe('the login of another user', () => {
  it.each([false, { rejectUnauthorized: false }])('takes the password when ssl is %j', async (ssl) => {
    const config = { ...(await auditor(database)), user: database.passwordUser, ssl };

    expect(await refusal({ ...config, password: database.password })).toBe('let in');
    expect(await refusal({ ...config, password: 'wrong' })).toMatchObject({ code: '28P01' });
  });
});

describe('a connection that is no login', () => {
  it('is closed, and the proxy goes on, when the bytes are anything', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 8, maxLength: 300 }), async (bytes) => {
        const socket = connect(database.port, '127.0.0.1').on('error', () => {});
        socket.resume().end(bytes);
        await once(socket, 'close');
      }),
      { numRuns: 50 },
    );

    expect(await refusal(await auditor(database))).toBe('let in');
  });

  it('cancels a statement when it is a CancelRequest', async () => {
    const code = await withClient(await auditor(database), async (client) => {
      const sleep = client.query('SELECT pg_sleep(60)').catch((error) => error.code);
      const packet = Buffer.alloc(16);
      packet.writeUInt32BE(16, 0);
      packet.writeUInt32BE(80_877_102, 4);
      packet.writeUInt32BE(Reflect.get(client, 'processID'), 8);
      packet.writeInt32BE(Reflect.get(client, 'secretKey'), 12);
      while ((await database.query(`SELECT FROM pg_stat_activity WHERE query ~ '^SELECT pg_sleep'`)).length === 0);
      const socket = connect(database.port, '127.0.0.1').resume();
      socket.end(packet);
      await once(socket, 'close');
      return sleep;
    });

    expect(code).toBe('57014');
  });
});

describe('an injected fault', () => {
  it.each([
    ['expired', 'CERT_HAS_EXPIRED'],
    ['wrong-name', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['other-authority', 'SELF_SIGNED_CERT_IN_CHAIN'],
  ] as const)('shows a certificate that clients refuse when it is %s', async (certificate, code) => {
    const config = await auditor(database);
    database.inject({ kind: 'certificate', certificate });

    expect(await refusal(config)).toMatchObject({ code });
  });

  it('leaves a client without an answer when it is silent', async () => {
    database.inject({ kind: 'silent' });

    const error = await refusal({ ...(await auditor(database)), connectionTimeoutMillis: 200 });

    expect(error).toMatchObject({ message: expect.stringContaining('timeout') });
  });

  it('breaks off in the middle of the second query when that is injected', async () => {
    database.inject({ kind: 'at-query', query: 2, answer: 'reset' });

    const seen = await withClient(await auditor(database), async (client) => {
      const first = await client.query('SELECT 1 AS one');
      const second = await client.query('SELECT $1::text AS two', ['x'.repeat(5000)]).catch((error) => error.code);
      return [first.rows, second];
    });

    expect(seen).toEqual([[{ one: 1 }], 'ECONNRESET']);
  });

  it('swallows the answer to the first query when that is injected', async () => {
    database.inject({ kind: 'at-query', query: 1, answer: 'none' });
    const config = { ...(await auditor(database)), query_timeout: 200 };

    const answer = withClient(config, (client) => client.query('SELECT 1'));

    await expect(answer).rejects.toThrow('Query read timeout');
  });
});
