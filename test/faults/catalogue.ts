import { fatal } from '../../sandbox/database/protocol.ts';
import type { OddTls, WireAction, WireFault, WirePhase } from '../../sandbox/wire/fault.ts';
import {
  authentication,
  headOf,
  message,
  negativeCount,
  row,
  tlsAlert,
  unterminated,
} from '../../sandbox/wire/messages.ts';

/** One way in which a connection goes wrong. */
export interface CataloguedFault {
  readonly name: string;
  /** The kind of what is done, for the table. */
  readonly kind: string;
  readonly phase: WirePhase;
  readonly fault: WireFault | undefined;
  readonly tls?: OddTls;
}

type From = WireFault['from'];
type Named = readonly [name: string, action: WireAction];

const BREAKS: readonly Named[] = (['cut', 'reset', 'stall'] as const).flatMap((kind) =>
  (['before', 'middle'] as const).map((at): Named => [`${kind} ${at}`, { kind, at }]),
);
const CORRUPTIONS: readonly Named[] = (['flip', 'shorten', 'letter', 'too-short', 'too-long', 'off'] as const).map(
  (what): Named => [what, { kind: 'corrupt', what }],
);

/** Errors as PostgreSQL or a pooler sends them: SQLSTATE, and the routine that only PostgreSQL names. */
const ERRORS: readonly (readonly [code: string, routine?: string])[] = [
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

const replaced = (by: Buffer, next: 'go-on' | 'end' | 'silence'): WireAction => ({ kind: 'replace', by, next });

const ERROR_REPLACEMENTS: readonly Named[] = ERRORS.map(([code, routine]) => [
  `error ${code}${routine === undefined ? '' : ` of ${routine}`}`,
  replaced(fatal(code, 'Verbindungsgrenze überschritten', routine), 'end'),
]);

const MEBIBYTE = 1024 * 1024;

/** What makes node-postgres throw or read for ever, and what has no place in a login or a query. */
const MESSAGE_REPLACEMENTS: readonly Named[] = [
  ['unterminated error', replaced(unterminated('E'), 'silence')],
  ['unterminated notice', replaced(unterminated('N'), 'silence')],
  ['row of 600 MB', replaced(headOf('D', 600 * MEBIBYTE), 'go-on')],
  ['row longer than its message', replaced(row('{}', 512 * MEBIBYTE), 'silence')],
  ['row with -2 columns', replaced(negativeCount('D'), 'silence')],
  ['description of -2 columns', replaced(negativeCount('T'), 'silence')],
  ['start of a COPY', replaced(message('G', Buffer.from([0, 0, 0])), 'silence')],
  ['end of a COPY', replaced(message('c'), 'silence')],
  ['an empty authentication', replaced(message('R'), 'silence')],
  ['HTTP', replaced(Buffer.from('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'), 'end')],
  ['zeros', replaced(Buffer.alloc(64), 'silence')],
];
const FLOODS: readonly Named[] = [
  ['notices', { kind: 'flood', by: message('N', `SNOTICE\0M${'x'.repeat(8000)}\0\0`) }],
  ['an endless message', { kind: 'flood', by: Buffer.concat([headOf('D', 900 * MEBIBYTE), Buffer.alloc(65_536)]) }],
];
const LOGIN_REPLACEMENTS: readonly Named[] = [1, 2, 4, 6, 7, 8, 9, 99].map((code) => [
  `authentication ${code}`,
  replaced(authentication(code), 'silence'),
]);
const SASL_REPLACEMENTS: readonly Named[] = [
  ['SASL with channel binding only', replaced(authentication(10, 'SCRAM-SHA-256-PLUS\0\0'), 'silence')],
  ['SASL without a list', replaced(authentication(10), 'silence')],
  ['SCRAM without a nonce', replaced(authentication(11, 'r=,s=,i='), 'silence')],
  ['a wrong proof of the server', replaced(authentication(12, `v=${'A'.repeat(43)}=`), 'silence')],
];
const ANSWER_REPLACEMENTS: readonly Named[] = [
  ['an empty object', replaced(row('{}'), 'go-on')],
  ['JSON null', replaced(row('null'), 'go-on')],
  ['no JSON', replaced(row('{"server":'), 'go-on')],
  ['a list', replaced(row('[]'), 'go-on')],
  [
    'the answer of another part',
    replaced(row('{"part":"workers","answer":{"live":0,"podCount":0,"pods":[]}}'), 'go-on'),
  ],
];
const CONNECT_REPLACEMENTS: readonly Named[] = [
  ['SSH', replaced(Buffer.from('SSH-2.0-OpenSSH_9.6\r\n'), 'silence')],
  ['MySQL', replaced(Buffer.from('J\0\0\0\n8.0.36\0', 'latin1'), 'silence')],
];
const TLS_REQUEST_REPLACEMENTS: readonly Named[] = [
  ['no TLS', replaced(Buffer.from('N'), 'silence')],
  ['no process', replaced(Buffer.from('Ecould not fork new process for connection\n\0'), 'end')],
  ['clear text behind the answer', replaced(Buffer.from('Sclear text'), 'silence')],
  ['HTTP', replaced(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'end')],
  ['a zero', replaced(Buffer.alloc(1), 'silence')],
];
const HANDSHAKE_REPLACEMENTS: readonly Named[] = [
  ...[40, 42, 48, 70, 80, 86, 112, 116].map(
    (description): Named => [`TLS alert ${description}`, replaced(tlsAlert(description), 'end')],
  ),
  ['HTTP', replaced(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'end')],
  ['zeros', replaced(Buffer.alloc(64), 'silence')],
];

/** How many messages of PostgreSQL 18's login are spoiled: AuthenticationOk, some of the parameters, the key and ReadyForQuery. */
const PARAMETERS = [0, 1, 8, 15];
const READY = 17;
const KEY = 16;
/** Which messages a statement has. Those with values are sent as Parse, Bind, Describe, Execute, Sync; the others as one Query. */
interface Layout {
  readonly phase: 'statement-1' | 'statement-2' | 'statement-3';
  /** ParseComplete and BindComplete. */
  readonly acknowledged: readonly number[];
  readonly row: number;
  /** RowDescription, DataRow, CommandComplete, ReadyForQuery. */
  readonly answer: readonly number[];
  readonly question: readonly number[];
  readonly sync: readonly number[];
}
const WITH_VALUES = { acknowledged: [0, 1], row: 3, answer: [2, 3, 4, 5], question: [0, 1, 2, 3], sync: [4] };
const STATEMENTS: readonly Layout[] = [
  { phase: 'statement-1', ...WITH_VALUES },
  { phase: 'statement-2', ...WITH_VALUES },
  { phase: 'statement-3', acknowledged: [], row: 1, answer: [0, 1, 2, 3], question: [0], sync: [] },
];
const EMPTY_BODY = CORRUPTIONS.filter(([name]) => name !== 'flip' && name !== 'shorten');
/** The key is never used: any eight bytes are one. */
const ANY_BODY = CORRUPTIONS.filter(([name]) => name !== 'flip');

function each(kind: string, phase: WirePhase, from: From, messages: readonly number[], actions: readonly Named[]) {
  return messages.flatMap((index) =>
    actions.map(
      ([name, action]): CataloguedFault => ({
        name: `${phase}, ${from} message ${index}: ${kind}, ${name}`,
        kind,
        phase,
        fault: { phase, from, message: index, action },
      }),
    ),
  );
}

function breaks(phase: WirePhase, from: From, messages: readonly number[]): readonly CataloguedFault[] {
  return BREAKS.flatMap((named) => each(named[1].kind, phase, from, messages, [named]));
}

/** All of them, in the order of a connection. */
export const CATALOGUE: readonly CataloguedFault[] = [
  ...breaks('connect', 'server', [0]).filter(({ name }) => name.endsWith('before')),
  ...each('replace', 'connect', 'server', [0], CONNECT_REPLACEMENTS),
  ...each('flood', 'connect', 'server', [0], FLOODS),
  ...breaks('tls-request', 'server', [0]).filter(({ name }) => name.endsWith('before')),
  ...each('replace', 'tls-request', 'server', [0], TLS_REQUEST_REPLACEMENTS),
  ...each('flood', 'tls-request', 'server', [0], FLOODS),
  ...breaks('tls-handshake', 'server', [0, 1, 2]),
  ...each('corrupt', 'tls-handshake', 'server', [0, 2], CORRUPTIONS),
  ...each('replace', 'tls-handshake', 'server', [0], HANDSHAKE_REPLACEMENTS),
  ...each('flood', 'tls-handshake', 'server', [0, 2], FLOODS),
  ...breaks('tls-handshake', 'client', [0]),
  ...each('corrupt', 'tls-handshake', 'client', [0], CORRUPTIONS),
  { name: 'TLS 1.0 only', kind: 'replace', phase: 'tls-handshake', fault: undefined, tls: { maxVersion: 'TLSv1' } },
  { name: 'TLS 1.1 only', kind: 'replace', phase: 'tls-handshake', fault: undefined, tls: { maxVersion: 'TLSv1.1' } },
  {
    name: 'a client certificate demanded',
    kind: 'replace',
    phase: 'tls-handshake',
    fault: undefined,
    tls: { demandsClientCertificate: true },
  },
  ...loginPhase('startup', [0]),
  ...loginPhase('authentication', [0, 1]),
  ...breaks('startup', 'client', [0]),
  ...each(
    'corrupt',
    'startup',
    'client',
    [0],
    CORRUPTIONS.filter(([name]) => name !== 'letter'),
  ),
  ...breaks('authentication', 'client', [0, 1]),
  ...each('corrupt', 'authentication', 'client', [0, 1], CORRUPTIONS),
  ...breaks('parameters', 'server', [...PARAMETERS, KEY, READY]),
  ...each('corrupt', 'parameters', 'server', [...PARAMETERS, READY], CORRUPTIONS),
  ...each('corrupt', 'parameters', 'server', [KEY], ANY_BODY),
  ...each('error', 'parameters', 'server', [1], ERROR_REPLACEMENTS),
  ...each('replace', 'parameters', 'server', [1], [...MESSAGE_REPLACEMENTS, ...LOGIN_REPLACEMENTS]),
  ...each('flood', 'parameters', 'server', [1], FLOODS),
  ...STATEMENTS.flatMap(statementPhase),
];

/** What comes too late to change a report: all was read. */
export const TERMINATE: readonly CataloguedFault[] = [
  ...breaks('terminate', 'client', [0]),
  ...each('corrupt', 'terminate', 'client', [0], EMPTY_BODY),
];

function loginPhase(phase: 'startup' | 'authentication', messages: readonly number[]): readonly CataloguedFault[] {
  return [
    ...breaks(phase, 'server', messages),
    ...each('corrupt', phase, 'server', messages, CORRUPTIONS),
    ...each('error', phase, 'server', [0], ERROR_REPLACEMENTS),
    ...each('replace', phase, 'server', [0], [...MESSAGE_REPLACEMENTS, ...LOGIN_REPLACEMENTS, ...SASL_REPLACEMENTS]),
    ...each('flood', phase, 'server', [0], FLOODS),
  ];
}

function statementPhase({
  phase,
  acknowledged,
  row: rowAt,
  answer,
  question,
  sync,
}: Layout): readonly CataloguedFault[] {
  return [
    ...breaks(phase, 'server', [...acknowledged, ...answer]),
    ...each('corrupt', phase, 'server', acknowledged, EMPTY_BODY),
    ...each('corrupt', phase, 'server', answer, CORRUPTIONS),
    ...each('error', phase, 'server', [0], ERROR_REPLACEMENTS),
    ...each('replace', phase, 'server', [0, rowAt], MESSAGE_REPLACEMENTS),
    ...each('replace', phase, 'server', [rowAt], ANSWER_REPLACEMENTS),
    ...each('flood', phase, 'server', [rowAt], FLOODS),
    ...breaks(phase, 'client', [...question, ...sync]),
    ...each('corrupt', phase, 'client', question, CORRUPTIONS),
    ...each('corrupt', phase, 'client', sync, EMPTY_BODY),
  ];
}
