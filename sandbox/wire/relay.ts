import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Injection, passOrSpoil, type Spoiled, type WireFault } from './fault.ts';
import { type Framing, MESSAGE, Splitter, START_UP } from './framing.ts';
import { Phases } from './phases.ts';

/** The two ends of a connection that passes through. `socket` is the one that can be reset. */
interface Ends {
  readonly client: Duplex;
  readonly socket: Socket;
  readonly server: Duplex;
}

/** Passes messages both ways, from the startup packet on, and spoils the one that the fault names. */
export function relayMessages({ client, socket, server }: Ends, injection: Injection): void {
  const phases = new Phases();
  const ways = { reset: () => socket.resetAndDestroy(), end: () => client.end() };
  const pass = (from: WireFault['from'], source: Duplex, sink: Duplex, first: Framing) => {
    const splitter = new Splitter(first);
    let silent = false;
    source.on('data', (chunk: Buffer) => {
      for (const message of splitter.take(chunk)) {
        const { framing } = splitter;
        splitter.framing = MESSAGE;
        if (silent) continue;
        const place =
          framing === START_UP ? ({ phase: 'startup', from, message: 0 } as const) : phases.placeOf(message, from);
        silent = send(sink, passOrSpoil(message, place, framing, injection), ways);
      }
    });
    source.on('close', () => sink.destroy()).on('error', () => sink.destroy());
    source.on('end', () => sink.end());
  };
  pass('client', client, server, START_UP);
  pass('server', server, client, MESSAGE);
}

/** What ends a connection; it is the client's in both directions. */
interface Ways {
  readonly reset: () => void;
  readonly end: () => void;
}

/** Sends what a message has become; true when nothing is to pass any more. */
export function send(sink: Duplex, { bytes, next }: Spoiled, ways: Ways): boolean {
  const finish = () => {
    if (next === 'reset' || next === 'end') ways[next]();
  };
  if (sink.writable && bytes.length > 0) sink.write(bytes, finish);
  else finish();
  if (next === 'flood') flood(sink, bytes);
  return next !== 'go-on';
}

/** As fast as the other end takes them. */
function flood(sink: Duplex, bytes: Buffer): void {
  const more = () => {
    let accepts = sink.writable;
    while (accepts) accepts = sink.write(bytes);
  };
  sink.on('drain', more);
  more();
}
