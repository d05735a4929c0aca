import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ge, lt } from '@renovatebot/pep440';
import { listen } from './loopback.ts';

/** One pod of a LiteLLM proxy, as its health endpoints show it. */
export interface ProxyPod {
  /** Such as 1.81.3. The form of the answers depends on it. */
  readonly version: string;
  /** Default connected. `none`: it runs without a database. `stalled` from 1.104.0 on; before, such a pod says connected. */
  readonly database?: 'connected' | 'disconnected' | 'none' | 'stalled';
  /** It is drained: from 1.100 on it says nothing else. */
  readonly shuttingDown?: boolean;
}

export interface ProxyOptions {
  /** New connections go to them in rotation, as behind a load balancer. */
  readonly pods: readonly ProxyPod[];
  /** The bearer token that /health/readiness/details requires. */
  readonly key?: string;
  /** /public/model_hub/info is not found, as behind a gateway that blocks it. */
  readonly withoutModelHub?: boolean;
}

/** What can be made to go wrong with every answer. */
export type ProxyFault =
  /** Accepts the request and never answers. */
  | 'silent'
  /** The TCP connection is reset after the request has arrived. */
  | 'reset'
  /** Status 200 with an HTML page. */
  | 'page'
  /** Status 200 with JSON of another application. */
  | 'other-json'
  /** Status 200 with a megabyte of JSON. */
  | 'endless'
  /** A redirect to the same path of another host. */
  | 'redirect'
  /** The load balancer has no healthy pod. */
  | 'no-pods';

/** A stand-in for a LiteLLM proxy's HTTP endpoints, on loopback. */
export interface ProxyStandIn {
  readonly url: string;
  /** Replaces the pods, for connections opened from now on. */
  deploy(pods: readonly ProxyPod[]): void;
  /** undefined ends it. */
  inject(fault: ProxyFault | undefined): void;
  /** The requested paths, oldest first. */
  asked(): readonly string[];
  connections(): number;
  /** Also ends the connections that are still open. */
  stop(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly body: object;
}

/** Starts it on a free port. */
export async function startProxy({ pods, ...options }: ProxyOptions): Promise<ProxyStandIn> {
  let deployed = pods;
  let fault: ProxyFault | undefined;
  let connections = 0;
  const asked: string[] = [];
  const podBySocket = new WeakMap<Socket, ProxyPod>();
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    asked.push(path);
    if (fault !== undefined) fail(fault, request, response);
    else reply(response, answer(path, request, podBySocket.get(request.socket), options));
  });
  server.on('connection', (socket) => {
    const pod = deployed[connections % deployed.length];
    if (pod !== undefined) podBySocket.set(socket, pod);
    connections += 1;
  });
  const { address, stop } = await listen(server);
  return {
    url: `http://${address}`,
    deploy(next) {
      deployed = next;
    },
    inject(next) {
      fault = next;
    },
    asked: () => [...asked],
    connections: () => connections,
    stop,
  };
}

function answer(
  path: string,
  request: IncomingMessage,
  pod: ProxyPod | undefined,
  { key, withoutModelHub = false }: Omit<ProxyOptions, 'pods'>,
): Reply {
  if (pod === undefined) return { status: 503, body: { message: 'no healthy upstream' } };
  const { version } = pod;
  switch (path) {
    case '/health/readiness':
      return readiness(pod);
    case '/health/readiness/details':
      if (lt(version, '1.84.0')) break;
      if (key === undefined || request.headers.authorization !== `Bearer ${key}`) {
        return { status: 401, body: { error: { message: 'Authentication Error', type: 'auth_error', code: '401' } } };
      }
      return { ...readiness(pod), body: { ...readiness(pod).body, litellm_version: version } };
    case '/public/model_hub/info':
      if (withoutModelHub) break;
      return {
        status: 200,
        body: { docs_title: 'LiteLLM API', custom_docs_description: null, litellm_version: version },
      };
  }
  return { status: 404, body: { detail: 'Not Found' } };
}

/**
 * As the wheels of 1.81.13 to 1.104.0 answer. Up to 1.82.0 `status` shows the state of the database, `db` never changes, and a loss is 503. From 1.82.1
 * on `db` shows it, and from 1.84.0 on the HTTP status too.
 */
function readiness({ version, database = 'connected', shuttingDown = false }: ProxyPod): Reply {
  if (shuttingDown && ge(version, '1.100.0')) return { status: 503, body: { status: 'shutting_down' } };
  const state = database === 'stalled' && lt(version, '1.104.0') ? 'connected' : database;
  const details = lt(version, '1.84.0') ? { litellm_version: version } : {};
  if (state === 'none') return { status: 200, body: { status: 'healthy', db: 'Not connected', ...details } };
  if (lt(version, '1.82.1')) {
    return state === 'disconnected'
      ? { status: 503, body: { detail: 'Service Unhealthy (Not connected)' } }
      : { status: 200, body: { status: state, db: 'connected', ...details } };
  }
  const status = state !== 'connected' && ge(version, '1.84.0') ? 503 : 200;
  return { status, body: { status: 'healthy', db: state, ...details } };
}

function fail(fault: ProxyFault, request: IncomingMessage, response: ServerResponse): void {
  switch (fault) {
    case 'silent':
      return;
    case 'reset':
      request.socket.resetAndDestroy();
      return;
    case 'page':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>');
      return;
    case 'other-json':
      reply(response, { status: 200, body: { message: 'ok', status: 7 } });
      return;
    case 'endless':
      reply(response, { status: 200, body: { status: 'connected', padding: 'x'.repeat(1_000_000) } });
      return;
    case 'redirect':
      response.writeHead(302, { location: `http://localhost.invalid${request.url ?? '/'}` }).end();
      return;
    case 'no-pods':
      response.writeHead(503, { 'content-type': 'text/html' }).end('<html>Service Temporarily Unavailable</html>');
  }
}

function reply(response: ServerResponse, { status, body }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
