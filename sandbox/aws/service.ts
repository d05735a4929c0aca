import { randomUUID } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { listen } from '../loopback.ts';
import { authorize, type Caller } from './authorization.ts';
import { AwsError } from './aws-error.ts';
import { type InjectedFault, InjectedFaults } from './injected-fault.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One AWS service in its own protocol. */
export interface Service {
  /** As the credential scope names it: `sns`, `rds`, `monitoring`. */
  readonly signingName: string;
  /** @throws AwsError */
  answer(
    request: { readonly headers: IncomingHttpHeaders; readonly body: string },
    requestId: string,
  ): Answer | Promise<Answer>;
  refuse(error: AwsError, requestId: string): Answer;
}

/** A stand-in that listens on loopback. */
export interface Endpoint {
  readonly url: string;
  readonly faults: InjectedFaults;
  /** Requests that arrived, including those that got a fault. */
  requestCount(): number;
  /** Also ends the connections that are still open. May be called again. */
  stop(): Promise<void>;
}

/** Serves one service on a free loopback port to the one caller it knows. */
export async function startEndpoint(service: Service, caller: Caller): Promise<Endpoint> {
  const faults = new InjectedFaults();
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    // A caller that gives up closes its socket; nobody is left to answer.
    serve(service, caller, faults.next(), request, response).catch(() => response.destroy());
  });
  const { address, stop } = await listen(server);
  return { url: `http://${address}`, faults, requestCount: () => requests, stop };
}

async function serve(
  service: Service,
  caller: Caller,
  fault: InjectedFault | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await buffer(request);
  if (fault?.kind === 'silent') return;
  if (fault?.kind === 'reset') {
    request.socket.resetAndDestroy();
    return;
  }
  if (fault?.kind === 'slow') await delay(fault.delayMs, undefined, { ref: false });
  const { status, headers, body: text } = await answer(service, caller, fault, request, body);
  response.writeHead(status, headers).end(fault?.kind === 'garbage' ? '\0<{"not an answer' : text);
}

async function answer(
  service: Service,
  caller: Caller,
  fault: InjectedFault | undefined,
  request: IncomingMessage,
  body: Buffer,
): Promise<Answer> {
  const requestId = randomUUID();
  try {
    authorize(request, body, service.signingName, caller);
    if (fault?.kind === 'refuse') {
      throw new AwsError(fault.code, fault.message ?? 'Refused by the sandbox.', fault.status ?? 403);
    }
    if (fault?.kind === 'throttle') throw new AwsError('Throttling', 'Rate exceeded');
    return await service.answer({ headers: request.headers, body: body.toString('utf8') }, requestId);
  } catch (error) {
    if (error instanceof AwsError) return service.refuse(error, requestId);
    return service.refuse(new AwsError('InternalFailure', String(error), 500), requestId);
  }
}
