import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { listen } from '../../sandbox/loopback.ts';

describe('listen', () => {
  it.each([
    ['TCP', () => createServer()],
    ['HTTP', () => createHttpServer()],
  ])('ends open connections when a %s server stops, and stops twice', async (_, create) => {
    const { port, address, stop } = await listen(create());
    const client = connect(port, '127.0.0.1').on('error', () => {});
    await once(client, 'connect');
    const closed = once(client, 'close');

    await stop();
    await stop();
    await closed;

    expect(address).toBe(`127.0.0.1:${port}`);
    await expect(once(connect(port, '127.0.0.1'), 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it("rejects when the address is not this machine's", async () => {
    // TEST-NET-1, which nobody has (RFC 5737).
    await expect(listen(createServer(), '192.0.2.1')).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  });
});
