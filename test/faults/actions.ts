import { fatal } from '../../sandbox/database/protocol.ts';
import type { Spoiled, WireAction } from '../../sandbox/wire/fault.ts';
import {
  authentication,
  headOf,
  message,
  negativeCount,
  row,
  tlsAlert,
  unterminated,
} from '../../sandbox/wire/messages.ts';

/** Something to do to a message, and the kind that it counts as in the table. */
export interface NamedAction {
  readonly kind: string;
  readonly name: string;
  readonly action: WireAction;
}

function actions(kind: string, named: Readonly<Record<string, WireAction>>): readonly NamedAction[] {
  return Object.entries(named).map(([name, action]) => ({ kind, name, action }));
}

function instead(by: Buffer, next: Spoiled['next']): WireAction {
  return { kind: 'replace', by, next };
}

/** The connection is closed, reset, or falls silent. */
export const BREAKS: readonly NamedAction[] = (['cut', 'reset', 'stall'] as const).flatMap((kind) =>
  actions(kind, { 'before it': { kind, at: 'before' }, 'in the middle of it': { kind, at: 'middle' } }),
);

export const LENGTHS = actions('length', {
  'shorter than itself': { kind: 'corrupt', what: 'too-short' },
  'two gigabytes': { kind: 'corrupt', what: 'too-long' },
  'three too many': { kind: 'corrupt', what: 'off' },
});
export const TYPES = actions('type', { 'an unknown letter': { kind: 'corrupt', what: 'letter' } });
export const BODIES = actions('body', {
  'half of it': { kind: 'corrupt', what: 'shorten' },
  'other bytes': { kind: 'corrupt', what: 'flip' },
});
export const DUPLICATE = actions('duplicate', { 'it comes twice': { kind: 'duplicate' } });

/** Errors as PostgreSQL or a pooler sends them: SQLSTATE, and the routine that only PostgreSQL names. */
const ERROR_CODES: readonly (readonly [code: string, routine?: string])[] = [
  ['53300', 'InitProcess'],
  ['53300', 'InitializeSessionUserId'],
  ['53300', 'CheckMyDatabase'],
  ['53100', 'mdextend'],
  ['53200', 'AllocSetAlloc'],
  ['58030', 'mdread'],
  ['57P01', 'ProcessInterrupts'],
  ['57P03', 'ProcessStartupPacket'],
  ['XX000', 'relation_open'],
  ['28000', 'ClientAuthentication'],
  ['3D000', 'InitPostgres'],
  ['42501', 'CheckMyDatabase'],
  ['08P01'],
  ['53300'],
  ['no code at all'],
];
const GERMAN = 'Verbindungsgrenze überschritten';

export const ERRORS: readonly NamedAction[] = ERROR_CODES.map(([code, routine]) => ({
  kind: 'error',
  name: `error ${code}${routine === undefined ? '' : ` of ${routine}`}`,
  action: instead(fatal(code, GERMAN, routine), 'end'),
}));

const SHUT_DOWN = fatal('57P01', GERMAN, 'ProcessInterrupts');

/** What happens between two statements, when nothing is asked. */
export const WHILE_IDLE: readonly NamedAction[] = [
  ...actions('cut', { 'while idle': { kind: 'append', by: Buffer.alloc(0), next: 'end' } }),
  ...actions('reset', { 'while idle': { kind: 'append', by: Buffer.alloc(0), next: 'reset' } }),
  ...actions('stall', { 'while idle': { kind: 'append', by: Buffer.alloc(0), next: 'silence' } }),
  ...actions('error', {
    'an administrator ends the session': { kind: 'append', by: SHUT_DOWN, next: 'end' },
    idle_session_timeout: { kind: 'append', by: fatal('57P05', GERMAN, 'ProcessInterrupts'), next: 'end' },
    'an error of a pooler': { kind: 'append', by: fatal('08P01', 'server conn crashed?'), next: 'end' },
  }),
  ...actions('garbage', {
    zeros: { kind: 'append', by: Buffer.alloc(64), next: 'silence' },
    'part of a message': { kind: 'append', by: headOf('D', 1000), next: 'silence' },
  }),
];

const MEBIBYTE = 1024 * 1024;

/** What makes node-postgres throw or read for ever, and what has no place in a login or a query. */
export const UNEXPECTED = actions('message', {
  'an error without an end': instead(unterminated('E'), 'silence'),
  'a notice without an end': instead(unterminated('N'), 'silence'),
  'a row of 600 MB': instead(headOf('D', 600 * MEBIBYTE), 'go-on'),
  'a row longer than its message': instead(row('{}', 512 * MEBIBYTE), 'silence'),
  'a row with -2 columns': instead(negativeCount('D'), 'silence'),
  'a description of -2 columns': instead(negativeCount('T'), 'silence'),
  'the start of a COPY': instead(message('G', Buffer.from([0, 0, 0])), 'silence'),
  'the end of a COPY': instead(message('c'), 'silence'),
  'an empty authentication': instead(message('R'), 'silence'),
});
export const GARBAGE = actions('garbage', {
  HTTP: instead(Buffer.from('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'), 'end'),
  zeros: instead(Buffer.alloc(64), 'silence'),
  ones: instead(Buffer.alloc(64, 0xff), 'silence'),
});
export const FLOODS = actions('flood', {
  notices: { kind: 'flood', by: message('N', `SNOTICE\0M${'x'.repeat(8000)}\0\0`) },
  'an endless message': { kind: 'flood', by: Buffer.concat([headOf('D', 900 * MEBIBYTE), Buffer.alloc(65_536)]) },
});
export const LATIN_ERROR = actions('not UTF-8', {
  'an error in Latin-1': instead(
    message('E', Buffer.from(`SFATAL\0C57P01\0M${GERMAN}\0RProcessInterrupts\0\0`, 'latin1')),
    'end',
  ),
});

export const LOGINS: readonly NamedAction[] = [1, 2, 4, 6, 7, 8, 9, 99].map((code) => ({
  kind: 'message',
  name: `authentication ${code}`,
  action: instead(authentication(code), 'silence'),
}));
export const SASL = actions('message', {
  'SASL with channel binding only': instead(authentication(10, 'SCRAM-SHA-256-PLUS\0\0'), 'silence'),
  'SASL without a list': instead(authentication(10), 'silence'),
  'SCRAM without a nonce': instead(authentication(11, 'r=,s=,i='), 'silence'),
  'a wrong proof of the server': instead(authentication(12, `v=${'A'.repeat(43)}=`), 'silence'),
});
export const ANSWERS: readonly NamedAction[] = [
  ...actions('message', {
    'an empty object': instead(row('{}'), 'go-on'),
    'JSON null': instead(row('null'), 'go-on'),
    'no JSON': instead(row('{"server":'), 'go-on'),
    'a list': instead(row('[]'), 'go-on'),
    'the answer of another part': instead(
      row('{"part":"workers","answer":{"live":0,"podCount":0,"pods":[]}}'),
      'go-on',
    ),
  }),
  ...actions('not UTF-8', { 'a name in Latin-1': instead(row(Buffer.from('{"größe":1}', 'latin1')), 'go-on') }),
];

export const AT_CONNECT = actions('garbage', {
  SSH: instead(Buffer.from('SSH-2.0-OpenSSH_9.6\r\n'), 'silence'),
  MySQL: instead(Buffer.from('J\0\0\0\n8.0.36\0', 'latin1'), 'silence'),
});
export const AT_TLS_REQUEST: readonly NamedAction[] = [
  ...actions('message', {
    'no TLS': instead(Buffer.from('N'), 'silence'),
    'no process': instead(Buffer.from('Ecould not fork new process for connection\n\0'), 'end'),
    'clear text behind the answer': instead(Buffer.from('Sclear text'), 'silence'),
  }),
  ...actions('garbage', {
    HTTP: instead(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'end'),
    'a zero': instead(Buffer.alloc(1), 'silence'),
  }),
];
/** Numbers of RFC 8446, section 6. */
export const TLS_ALERTS: readonly NamedAction[] = [40, 42, 48, 70, 80, 86, 112, 116].map((description) => ({
  kind: 'error',
  name: `TLS alert ${description}`,
  action: instead(tlsAlert(description), 'end'),
}));
