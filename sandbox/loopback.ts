import { once } from 'node:events';
import type { Server, Socket } from 'node:net';

/** A server that listens on a free port of a loopback address. */
export interface Listening {
  readonly port: number;
  /** host:port */
  readonly address: string;
  /** Also ends open connections. May be called again. */
  stop(): Promise<void>;
}

/**
 * Makes the server listen on a port that the system chooses.
 * @throws Error when the address is not this machine's
 */
export async function listen(server: Server, host = '127.0.0.1'): Promise<Listening> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, host);
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('The server has no TCP port.');
  return {
    port: bound.port,
    address: `${host}:${bound.port}`,
    async stop() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
