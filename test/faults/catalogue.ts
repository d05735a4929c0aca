import type { OddTls, SeenMessage, WireFault, WirePhase, WirePlace } from '../../sandbox/wire/fault.ts';
import {
  ANSWERS,
  AT_CONNECT,
  AT_TLS_REQUEST,
  BODIES,
  BREAKS,
  DUPLICATE,
  ERRORS,
  FLOODS,
  GARBAGE,
  LATIN_ERROR,
  LENGTHS,
  LOGINS,
  type NamedAction,
  SASL,
  TLS_ALERTS,
  TYPES,
  UNEXPECTED,
  WHILE_IDLE,
} from './actions.ts';

/** One way in which a connection goes wrong. */
export interface CataloguedFault {
  readonly name: string;
  /** Its cell of the table: what is done, and to which step of the protocol. */
  readonly kind: string;
  readonly step: string;
  readonly phase: WirePhase;
  readonly fault: WireFault | undefined;
  readonly tls?: OddTls;
}

/** The steps of a statement, by the letter of the message. */
const STEPS: Readonly<Record<WirePlace['from'], Readonly<Record<string, string>>>> = {
  client: { P: 'parse', B: 'bind', D: 'describe', E: 'execute', S: 'sync', Q: 'query' },
  server: { 1: 'parse', 2: 'bind', T: 'describe', D: 'rows', C: 'complete', Z: 'ready' },
};
const MOST_HANDSHAKE_RECORDS = 3;
/** A letter and a length. */
const HEAD_BYTES = 5;

/** All faults of a connection whose messages are these, in their order. */
export function catalogueOf(seen: readonly SeenMessage[]): readonly CataloguedFault[] {
  const of = (phase: WirePhase, from: WirePlace['from'] = 'server') =>
    seen.filter((message) => message.phase === phase && message.from === from);
  const parameters = of('parameters');
  return [
    ...each(of('connect'), [...breaksBefore, ...AT_CONNECT, ...FLOODS]),
    ...each(of('tls-request'), [...breaksBefore, ...AT_TLS_REQUEST, ...FLOODS]),
    ...handshake(of('tls-handshake'), of('tls-handshake', 'client')),
    ...ODD_TLS,
    ...(['startup', 'authentication'] as const).flatMap((phase) => [
      ...damaged(of(phase)),
      ...each(of(phase).slice(0, 1), [
        ...ERRORS,
        ...LATIN_ERROR,
        ...UNEXPECTED,
        ...GARBAGE,
        ...LOGINS,
        ...SASL,
        ...FLOODS,
      ]),
      ...damaged(of(phase, 'client')),
    ]),
    // Most of them are alike: the first, some parameters, the key, and that the server is ready.
    ...damaged([...parameters.slice(0, 3), ...parameters.slice(-4)]),
    ...each(parameters.slice(1, 2), [...ERRORS, ...LATIN_ERROR, ...UNEXPECTED, ...GARBAGE, ...LOGINS, ...FLOODS]),
    ...each(parameters.slice(-1), WHILE_IDLE),
    ...statements(seen).flatMap((phase) => statement(of(phase), of(phase, 'client'))),
  ];
}

/** What changes nothing: all was read, or says the same once more. */
export function harmlessOf(seen: readonly SeenMessage[]): readonly CataloguedFault[] {
  const last = seen.filter(({ phase }) => phase === 'terminate');
  const others = seen.filter(({ letter }) => letter !== undefined && letter !== 'Q');
  return [
    ...damaged(last),
    ...each(
      others.filter((message) => !isAnsweredTwice(message)),
      DUPLICATE,
    ),
  ];
}

/** Whether something else follows when it comes twice: a step of the login, an execution, or the end of an answer. */
function isAnsweredTwice({ phase, letter }: SeenMessage): boolean {
  const isOfLogin = (phase === 'startup' || phase === 'authentication') && letter !== undefined;
  return isOfLogin || letter === 'E' || letter === 'C';
}

const breaksBefore = BREAKS.filter(({ name }) => name === 'before it');

/** The first two statements, which have values bound, and the first that has none and so is sent as one query. */
function statements(seen: readonly SeenMessage[]): readonly WirePhase[] {
  const phases = [...new Set(seen.map(({ phase }) => phase).filter((phase) => phase.startsWith('statement-')))];
  const simple = seen.find(({ letter }) => letter === 'Q');
  return [...new Set([...phases.slice(0, 2), ...(simple === undefined ? [] : [simple.phase])])];
}

function handshake(server: readonly SeenMessage[], client: readonly SeenMessage[]): readonly CataloguedFault[] {
  // The second is the change of the cipher, which TLS 1.3 ignores.
  const [hello, change, encrypted] = server.slice(0, MOST_HANDSHAKE_RECORDS).map((record) => [record]);
  return [
    ...damaged([...(hello ?? []), ...(encrypted ?? []), ...client.slice(0, 1)]),
    ...each(change ?? [], BREAKS),
    ...each(hello ?? [], [...TLS_ALERTS, ...GARBAGE, ...FLOODS]),
    ...each(encrypted ?? [], FLOODS),
  ];
}

const ODD_TLS: readonly CataloguedFault[] = [
  { name: 'TLS 1.0 only', tls: { maxVersion: 'TLSv1' } as const },
  { name: 'TLS 1.1 only', tls: { maxVersion: 'TLSv1.1' } as const },
  { name: 'a client certificate is demanded', tls: { demandsClientCertificate: true } as const },
].map((odd) => ({ ...odd, kind: 'message', step: 'tls-handshake', phase: 'tls-handshake', fault: undefined }));

function statement(answers: readonly SeenMessage[], asked: readonly SeenMessage[]): readonly CataloguedFault[] {
  const rows = answers.filter(({ letter }) => letter === 'D');
  return [
    ...damaged(answers),
    ...each(answers.slice(0, 1), [...ERRORS, ...LATIN_ERROR, ...UNEXPECTED, ...GARBAGE]),
    ...each(rows, [...UNEXPECTED, ...GARBAGE, ...ANSWERS, ...FLOODS]),
    ...damaged(asked),
  ];
}

/** Each of the messages, broken off and damaged in every way that changes it. */
function damaged(messages: readonly SeenMessage[]): readonly CataloguedFault[] {
  return messages.flatMap((message) =>
    each([message], [...damages(message), ...(isAnsweredTwice(message) ? DUPLICATE : [])]),
  );
}

function damages({ phase, letter, bytes }: SeenMessage): readonly NamedAction[] {
  // The startup packet has no letter, and the key of the session is never used: any bytes are one.
  const isUntyped = letter === undefined && phase === 'startup';
  const bodies = letter === 'K' ? BODIES.filter(({ name }) => name === 'half of it') : BODIES;
  return [
    ...BREAKS,
    ...LENGTHS,
    ...(isUntyped ? [] : TYPES),
    ...(letter !== undefined && bytes === HEAD_BYTES ? [] : bodies),
  ];
}

function each(messages: readonly SeenMessage[], named: readonly NamedAction[]): readonly CataloguedFault[] {
  return messages.flatMap(({ phase, from, message, letter = '' }) =>
    named.map(({ kind, name, action }) => ({
      name: `${phase}, ${from} message ${message} ${letter}: ${kind}, ${name}`,
      kind,
      step:
        letter === 'Z' && phase === 'parameters'
          ? 'ready'
          : (phase.startsWith('statement-') && STEPS[from][letter]) || phase,
      phase,
      fault: { phase, from, message, action },
    })),
  );
}
