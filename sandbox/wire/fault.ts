import { typeOf } from '../database/protocol.ts';
import { type Framing, MESSAGE } from './framing.ts';

/** How far a connection has come when a fault is injected. */
export type WirePhase =
  | 'connect'
  | 'tls-request'
  | 'tls-handshake'
  | 'startup'
  | 'authentication'
  | 'parameters'
  | `statement-${number}`
  | 'terminate';

/** What is done to one message, or to one record of a TLS handshake. */
export type WireAction =
  /** The connection is closed, reset, or nothing passes any more; before the message or in the middle of it. */
  | { readonly kind: 'cut' | 'reset' | 'stall'; readonly at: 'before' | 'middle' }
  /** `flip`: the body has other bytes; `shorten`: half of it is missing; the others: letter or length are wrong. */
  | { readonly kind: 'corrupt'; readonly what: 'flip' | 'shorten' | 'letter' | 'too-short' | 'too-long' | 'off' }
  /** It comes twice. */
  | { readonly kind: 'duplicate' }
  /** Other bytes come in its place or behind it, and then everything as it was, an end, or nothing. */
  | { readonly kind: 'replace' | 'append'; readonly by: Buffer; readonly next: Spoiled['next'] }
  /** The same bytes come again and again. */
  | { readonly kind: 'flood'; readonly by: Buffer };

/** One message of a connection. */
export interface WirePlace {
  readonly phase: WirePhase;
  readonly from: 'server' | 'client';
  /** Which message of that side in the phase, from 0. */
  readonly message: number;
}

/** One message that does not pass as it was sent. */
export interface WireFault extends WirePlace {
  readonly action: WireAction;
}

/** A message that came, as it was sent. */
export interface SeenMessage extends WirePlace {
  /** The letter of a typed message of PostgreSQL; undefined of all others. */
  readonly letter: string | undefined;
  readonly bytes: number;
}

/** Where the fault proxy's TLS differs from PostgreSQL's. */
export interface OddTls {
  readonly maxVersion?: 'TLSv1' | 'TLSv1.1';
  readonly demandsClientCertificate?: true;
}

/** What has become of a message: the bytes to send, and what comes after them. */
export interface Spoiled {
  readonly bytes: Buffer;
  readonly next: 'go-on' | 'end' | 'reset' | 'silence' | 'flood';
}

/** A fault that was injected, what came since, and whether a message has met it. */
export interface Injection {
  readonly fault: WireFault | undefined;
  readonly tls: OddTls;
  readonly seen: SeenMessage[];
  wasMet: boolean;
}

/** What becomes of a message: that which the fault names is spoiled, all others pass. */
export function passOrSpoil(message: Buffer, place: WirePlace, framing: Framing, injection: Injection): Spoiled {
  const { fault } = injection;
  const letter = framing === MESSAGE ? typeOf(message) : undefined;
  injection.seen.push({ ...place, letter, bytes: message.length });
  const isMet = fault?.phase === place.phase && fault.from === place.from && fault.message === place.message;
  if (fault === undefined || !isMet) return { bytes: message, next: 'go-on' };
  const spoiled = spoil(message, fault.action, framing);
  injection.wasMet = spoiled.next !== 'go-on' || !spoiled.bytes.equals(message);
  return spoiled;
}

/** Applies an action to a message. */
function spoil(message: Buffer, action: WireAction, framing: Framing): Spoiled {
  switch (action.kind) {
    case 'cut':
    case 'reset':
    case 'stall': {
      const bytes = action.at === 'before' ? Buffer.alloc(0) : message.subarray(0, Math.floor(message.length / 2));
      return { bytes, next: AFTER[action.kind] };
    }
    case 'corrupt':
      return { bytes: corrupt(message, action.what, framing), next: 'go-on' };
    case 'duplicate':
      return { bytes: Buffer.concat([message, message]), next: 'go-on' };
    case 'replace':
      return { bytes: action.by, next: action.next };
    case 'append':
      return { bytes: Buffer.concat([message, action.by]), next: action.next };
    case 'flood':
      return { bytes: action.by, next: 'flood' };
  }
}

const AFTER = { cut: 'end', reset: 'reset', stall: 'silence' } as const;

type Corruption = Extract<WireAction, { kind: 'corrupt' }>['what'];

/** More than any message has. */
const FAR_TOO_LONG = 0x7f_ff_ff_00;

function corrupt(message: Buffer, what: Corruption, framing: Framing): Buffer {
  const { headBytes } = framing;
  const bytes = Buffer.from(message);
  const bodyBytes = bytes.length - headBytes;
  switch (what) {
    case 'flip':
      return bytes.fill(0xff, headBytes);
    case 'shorten': {
      const shorter = bytes.subarray(0, headBytes + Math.floor(bodyBytes / 2));
      framing.setBodyLength(shorter, shorter.length - headBytes);
      return shorter;
    }
    case 'letter':
      bytes[0] = 0x7f;
      return bytes;
    case 'too-short':
      framing.setBodyLength(bytes, -2);
      return bytes;
    case 'too-long':
      framing.setBodyLength(bytes, FAR_TOO_LONG);
      return bytes;
    case 'off':
      framing.setBodyLength(bytes, bodyBytes + 3);
      return bytes;
  }
}
