import type { Socket } from 'node:net';
import { duplexPair } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { Certificates } from '../database/certificates.ts';
import { type Injection, passOrSpoil, type WireFault } from './fault.ts';
import { Splitter, TLS_RECORD } from './framing.ts';
import { send } from './relay.ts';

/** The server's side of TLS on a socket; of its handshake, the record that the fault names is spoiled. */
export async function startTls(socket: Socket, certificates: Certificates, injection: Injection): Promise<TLSSocket> {
  const { maxVersion, demandsClientCertificate } = injection.tls;
  const [inner, outer] = duplexPair();
  const { key, certificate } = await certificates.server('good');
  const tls = new TLSSocket(inner, {
    isServer: true,
    key,
    cert: certificate,
    ...(maxVersion === undefined ? {} : { minVersion: 'TLSv1', maxVersion, ciphers: 'DEFAULT@SECLEVEL=0' }),
    ...(demandsClientCertificate ? { requestCert: true, rejectUnauthorized: true } : {}),
  });
  tls.on('error', () => socket.destroy());
  const ways = { reset: () => socket.resetAndDestroy(), end: () => socket.end() };
  const pass = (from: WireFault['from']) => {
    const splitter = new Splitter(TLS_RECORD);
    let records = 0;
    let silent = false;
    const [source, sink] = from === 'server' ? [outer, socket] : [socket, outer];
    source.on('data', (chunk: Buffer) => {
      for (const record of splitter.take(chunk)) {
        if (silent) continue;
        const place = { phase: 'tls-handshake', from, message: records++ } as const;
        silent = send(sink, passOrSpoil(record, place, TLS_RECORD, injection), ways);
      }
    });
    source.on('end', () => sink.end()).on('close', () => sink.destroy());
  };
  pass('server');
  pass('client');
  return tls;
}
