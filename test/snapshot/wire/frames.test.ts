import { Duplex } from 'node:stream';
import fc from 'fast-check';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { SourceError } from '../../../lambda/snapshot/failure.ts';
import { Frames } from '../../../lambda/snapshot/postgres/wire/frames.ts';
import { fatal } from '../../../sandbox/database/protocol.ts';
import { authentication, headOf, message, row } from '../../../sandbox/wire/messages.ts';

const READY = message('Z', 'I');
const LOGIN = [authentication(0), message('S', 'TimeZone\0UTC\0'), message('K', Buffer.alloc(8)), READY];
const ANSWER = [message('1'), message('2'), row('{"a": 1}'), message('C', 'SELECT 1\0'), READY];
const WHOLE = Buffer.concat([...LOGIN, ...ANSWER, fatal('57P01', 'shutting down', 'ProcessInterrupts')]);

/** What comes out of the frames, and how it ended. */
function taken(chunks: readonly Buffer[]): { readonly bytes: Buffer; readonly error: unknown } {
  const frames = new Frames();
  const out: Buffer[] = [];
  try {
    for (const chunk of chunks) out.push(frames.take(chunk));
    return { bytes: Buffer.concat(out), error: undefined };
  } catch (error) {
    return { bytes: Buffer.concat(out), error };
  }
}

function cut(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...ends].map((start, index) => bytes.subarray(start, ends[index] ?? bytes.length));
}

/** A socket that node-postgres opens, and that only the test gives bytes to. */
class OpenSocket extends Duplex {
  connect(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  override _read(): void {}

  override _write(_chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    done();
  }
}

function readByDriver(bytes: Buffer): void {
  const stream = new OpenSocket();
  const client = new pg.Client({ stream: () => stream, ssl: false, user: 'somebody', password: 'secret' });
  client
    .on('error', () => {})
    .connect()
    .catch(() => {});
  stream.emit('data', bytes);
}

const anyPlaces = fc.array(fc.nat(), { maxLength: 20 });

describe('the messages of a server', () => {
  it('come out as they were sent, however they are cut', () => {
    fc.assert(
      fc.property(anyPlaces, (places) => {
        expect(taken(cut(WHOLE, places))).toEqual({ bytes: WHOLE, error: undefined });
      }),
    );
  });

  it('are held back until they are whole', () => {
    const { bytes } = taken([WHOLE.subarray(0, WHOLE.length - 1)]);

    expect(WHOLE.subarray(0, bytes.length)).toEqual(bytes);
    expect(new Frames().take(headOf('D', 100))).toHaveLength(0);
  });

  it('end in a failure of our own, or are read by node-postgres without one, whatever they are', () => {
    const type = fc.constantFrom(...'RSKZENATDtC123nsIGHWdcv?'.split(''));
    const anyMessage = fc.oneof(
      fc.tuple(type, fc.uint8Array({ maxLength: 60 })).map(([letter, body]) => message(letter, Buffer.from(body))),
      fc
        .tuple(type, fc.integer({ min: -6, max: 2 ** 31 }))
        .map(([letter, length]) => headOf(letter, Math.max(-4, length))),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom(...LOGIN, ...ANSWER),
    );

    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 8 }), anyPlaces, (messages, places) => {
        const { bytes, error } = taken(cut(Buffer.concat(messages), places));

        if (error !== undefined) expect(error).toBeInstanceOf(SourceError);
        expect(() => readByDriver(bytes)).not.toThrow();
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['startup', [message('S', 'a\0b\0')]],
    ['authentication', [authentication(10, 'SCRAM-SHA-256\0\0')]],
    ['parameters', [authentication(0)]],
    ['statement', LOGIN],
  ])('have come to the phase %s', (phase, messages) => {
    const frames = new Frames();
    for (const each of messages) frames.take(each);

    expect(frames.phase).toBe(phase);
  });
});

describe('an answer', () => {
  const MEGABYTE = 1024 * 1024;

  it('may have 15 MB, and each statement may', () => {
    const frames = new Frames();
    frames.take(Buffer.concat(LOGIN));
    const long = row('x'.repeat(15 * MEGABYTE));

    for (let statement = 0; statement < 3; statement++) {
      frames.startAnswer();
      expect(frames.take(long)).toHaveLength(long.length);
    }
  });

  it.each([
    ['announced', [headOf('D', 17 * MEGABYTE)]],
    ['one of many messages', Array.from({ length: 17 }, () => row('x'.repeat(MEGABYTE)))],
    ['never whole', [headOf('D', 15.9 * MEGABYTE), ...Array.from({ length: 17 }, () => Buffer.alloc(MEGABYTE, 'x'))]],
  ])('is refused above 16 MB when it is %s', (_when, chunks) => {
    const { error } = taken([Buffer.concat(LOGIN), ...chunks]);

    expect(error).toMatchObject({ failure: { kind: 'protocol-violation' } });
  });

  it('is refused above 256 kB while the login lasts', () => {
    const notice = message('N', `SNOTICE\0M${'x'.repeat(10_000)}\0\0`);

    expect(taken(Array.from({ length: 25 }, () => notice)).error).toBeUndefined();
    expect(taken(Array.from({ length: 27 }, () => notice)).error).toMatchObject({
      failure: { kind: 'protocol-violation' },
    });
  });
});
