import { BodyReader } from './body-reader.ts';

/**
 * The messages of PostgreSQL's frontend/backend protocol 3.0 that a server may send to a client that logs in and queries.
 * Source: PostgreSQL documentation, "Message Formats".
 */

/** What is wrong with a message: `authentication` names a kind that the auditor does not have. */
export type Flaw = { readonly flaw: 'malformed' } | { readonly flaw: 'authentication'; readonly method: string };

const MALFORMED: Flaw = { flaw: 'malformed' };

/** By code; those that are missing here are supported or do not exist. */
const UNSUPPORTED_AUTHENTICATION: Readonly<Record<number, string>> = {
  1: 'Kerberos 4',
  2: 'Kerberos 5',
  4: 'crypt',
  6: 'SCM',
  7: 'GSSAPI',
  8: 'GSSAPI',
  9: 'SSPI',
};
const SASL_MECHANISM = 'SCRAM-SHA-256';

type Check = (body: Buffer) => Flaw | null;

const empty: Check = (body) => (body.length === 0 ? null : MALFORMED);
const fields = (form: (reader: BodyReader) => void): Check => {
  return (body) => {
    const reader = new BodyReader(body);
    form(reader);
    return reader.isWhole() ? null : MALFORMED;
  };
};

/** By the letter of the message. One that is not here is not for a client that only logs in and queries. */
const CHECKS: Readonly<Record<string, Check>> = {
  R: checkAuthentication,
  S: fields((reader) => {
    reader.text();
    reader.text();
  }),
  K: (body) => (body.length >= 8 ? null : MALFORMED),
  Z: (body) => (/^[ITE]$/.test(body.toString('latin1')) ? null : MALFORMED),
  E: fields(readReport),
  N: fields(readReport),
  A: fields((reader) => {
    reader.skip(4);
    reader.text();
    reader.text();
  }),
  T: fields((reader) => {
    for (let left = reader.count(); left > 0; left--) {
      reader.text();
      reader.skip(18);
    }
  }),
  D: fields((reader) => {
    for (let left = reader.count(); left > 0; left--) reader.value();
  }),
  t: fields((reader) => reader.skip(4 * reader.count())),
  C: fields((reader) => reader.text()),
  1: empty,
  2: empty,
  3: empty,
  n: empty,
  s: empty,
  I: empty,
};

/**
 * What is wrong with a message of the server; null when nothing is. node-postgres takes for granted that nothing ever is: it throws inside the
 * socket's handler, which ends the process, or reads for ever.
 * @param type its letter
 * @param body what follows the length
 */
export function flawOf(type: string, body: Buffer): Flaw | null {
  return Object.hasOwn(CHECKS, type) ? (CHECKS[type]?.(body) ?? null) : MALFORMED;
}

function checkAuthentication(body: Buffer): Flaw | null {
  if (body.length < 4) return MALFORMED;
  const code = body.readInt32BE(0);
  const method = UNSUPPORTED_AUTHENTICATION[code];
  if (method !== undefined) return { flaw: 'authentication', method };
  switch (code) {
    case 0:
    case 3:
      return body.length === 4 ? null : MALFORMED;
    case 5:
      return body.length === 8 ? null : MALFORMED;
    case 10:
      return checkMechanisms(body.subarray(4));
    case 11:
    case 12:
      return null;
    default:
      return { flaw: 'authentication', method: `number ${code}` };
  }
}

function checkMechanisms(list: Buffer): Flaw | null {
  const names = list.toString('latin1').split('\0');
  if (names.length < 3 || names.at(-1) !== '' || names.at(-2) !== '') return MALFORMED;
  return names.includes(SASL_MECHANISM) ? null : { flaw: 'authentication', method: 'SASL without SCRAM-SHA-256' };
}

/** An error or notice: letters, each with a text, and a zero. */
function readReport(reader: BodyReader): void {
  while (reader.letter() !== 0) reader.text();
}
