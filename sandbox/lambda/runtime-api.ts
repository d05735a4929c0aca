import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listen } from '../loopback.ts';

/** What the function's process posted at the end of one invocation. */
export interface Outcome {
  readonly kind: 'response' | 'error' | 'init-error';
  /** JSON as it was posted. */
  readonly body: string;
  readonly peakMemoryBytes: number | undefined;
}

export interface RuntimeApi {
  /** host:port, for AWS_LAMBDA_RUNTIME_API. */
  readonly address: string;
  /** Gives the event to the process at its next poll; `timeoutMs` starts then. */
  offer(event: unknown, timeoutMs: number): Offer;
  stop(): Promise<void>;
}

export interface Offer {
  readonly requestId: string;
  /** Resolves when the process has taken the event. */
  readonly taken: Promise<void>;
  readonly outcome: Promise<Outcome>;
  /** Takes the event back when its process will not poll again. */
  withdraw(): void;
}

interface Pending {
  readonly requestId: string;
  readonly event: string;
  readonly timeoutMs: number;
  readonly taken: () => void;
  readonly finish: (outcome: Outcome) => void;
}

const ROOT = '/2018-06-01/runtime';

/** Serves the Lambda Runtime API (Lambda developer guide, "Using the Lambda runtime API") on loopback to one process, one event at a time. */
export async function startRuntimeApi(functionArn: string): Promise<RuntimeApi> {
  let pending: Pending | undefined;
  let poll: ServerResponse | undefined;

  const deliver = () => {
    if (!pending || !poll) return;
    poll
      .writeHead(200, {
        'content-type': 'application/json',
        'lambda-runtime-aws-request-id': pending.requestId,
        'lambda-runtime-deadline-ms': Date.now() + pending.timeoutMs,
        'lambda-runtime-invoked-function-arn': functionArn,
      })
      .end(pending.event);
    poll = undefined;
    pending.taken();
  };

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.method === 'GET' && request.url === `${ROOT}/invocation/next`) {
      poll = response.on('close', () => {
        if (poll === response) poll = undefined;
      });
      deliver();
      return;
    }
    const body = await text(request);
    const kind = outcomeKind(request, pending?.requestId);
    if (!kind) {
      response.writeHead(403).end();
      return;
    }
    const peak = Number(request.headers['sandbox-peak-memory']);
    response.writeHead(202).end();
    pending?.finish({ kind, body, peakMemoryBytes: Number.isFinite(peak) ? peak : undefined });
    pending = undefined;
  };

  const server = createServer((request, response) => {
    // The process was killed in the middle of a request.
    serve(request, response).catch(() => response.destroy());
  });
  const { address, stop } = await listen(server);
  return {
    address,
    stop,
    offer(event, timeoutMs) {
      const requestId = randomUUID();
      const taken = Promise.withResolvers<void>();
      const outcome = Promise.withResolvers<Outcome>();
      pending = {
        requestId,
        event: JSON.stringify(event ?? null),
        timeoutMs,
        taken: taken.resolve,
        finish: outcome.resolve,
      };
      deliver();
      return {
        requestId,
        taken: taken.promise,
        outcome: outcome.promise,
        withdraw: () => {
          pending = undefined;
          poll = undefined;
        },
      };
    },
  };
}

function outcomeKind(request: IncomingMessage, requestId: string | undefined): Outcome['kind'] | undefined {
  if (request.method !== 'POST') return undefined;
  if (request.url === `${ROOT}/init/error`) return 'init-error';
  if (request.url === `${ROOT}/invocation/${requestId}/response`) return 'response';
  return request.url === `${ROOT}/invocation/${requestId}/error` ? 'error' : undefined;
}
