import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PacketReader } from '../../../sandbox/database/packet-reader.ts';
import {
  fatal,
  messageLength,
  ProtocolError,
  parseStartup,
  sqlStateOf,
  startupLength,
} from '../../../sandbox/database/protocol.ts';

function startup(parameters: Record<string, string>): Buffer {
  const body = Buffer.from(`${Object.entries(parameters).flat().join('\0')}\0\0`);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8, 0);
  head.writeUInt32BE(3 << 16, 4);
  return Buffer.concat([head, body]);
}

/** A stream that gives `bytes` in pieces cut at `cuts`, and then ends. */
function streamOf(bytes: Buffer, cuts: readonly number[]): Duplex {
  const points = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  const pieces = points.slice(1).map((end, index) => bytes.subarray(points[index], end));
  const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  for (const piece of pieces) stream.push(piece);
  stream.push(null);
  return stream;
}

describe('parseStartup', () => {
  it('finds user and database when there are other parameters too', () => {
    const packet = startup({ application_name: 'x', user: 'litellm', options: '-c a=b', database: 'prod' });

    const parsed = parseStartup(packet);

    expect(parsed).toEqual({ kind: 'startup', user: 'litellm', database: 'prod' });
  });

  it('takes the user for the database when none is named', () => {
    const parsed = parseStartup(startup({ user: 'litellm' }));

    expect(parsed).toEqual({ kind: 'startup', user: 'litellm', database: 'litellm' });
  });

  it('refuses a packet when it names no user or speaks another protocol', () => {
    const other = Buffer.from([0, 0, 0, 8, 0, 2, 0, 0]);

    expect(() => parseStartup(startup({ database: 'prod' }))).toThrow(ProtocolError);
    expect(() => parseStartup(other)).toThrow(ProtocolError);
  });

  it('gives a packet or a ProtocolError when the bytes are anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 200 }), (bytes) => {
        try {
          parseStartup(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
    );
  });
});

describe('startupLength and messageLength', () => {
  it('refuse when the packet would be longer than any login requires', () => {
    const startupHead = Buffer.from([0, 0, 0x27, 0x11]);
    const messageHead = Buffer.from([0x70, 0, 1, 0, 0]);

    expect(() => startupLength(startupHead)).toThrow(ProtocolError);
    expect(() => messageLength(messageHead)).toThrow(ProtocolError);
  });
});

describe('fatal', () => {
  it('makes an ErrorResponse that carries the SQLSTATE', () => {
    const message = fatal('28000', 'PAM authentication failed for user "x"');

    expect(messageLength(message)).toBe(message.length);
    expect(sqlStateOf(message)).toBe('28000');
  });
});

describe('PacketReader', () => {
  it('gives back the same packets and the rest when the stream is cut anywhere', async () => {
    const packets = [startup({ user: 'a' }), fatal('53300', 'too many'), fatal('28000', 'no')];
    const bytes = Buffer.concat([...packets, Buffer.from('rest')]);

    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { maxLength: 12 }), async (cuts) => {
        const stream = streamOf(bytes, cuts);
        const reader = new PacketReader(stream);

        const taken = [
          await reader.take(startupLength),
          await reader.take(messageLength),
          await reader.take(messageLength),
        ];
        await reader.release();
        const rest = await stream.toArray();

        expect(taken).toEqual(packets);
        expect(Buffer.concat(rest).toString()).toBe('rest');
      }),
    );
  });

  it('refuses when the stream ends in the middle of a packet', async () => {
    const reader = new PacketReader(streamOf(fatal('28000', 'no').subarray(0, 9), []));

    await expect(reader.take(messageLength)).rejects.toThrow(ProtocolError);
  });
});
