import { codeAndText, failureOf, kindOfNodeCode, SourceError } from '../failure.ts';
import type { FailureKind, SourceFailure } from '../snapshot.ts';

/** An answer of LiteLLM's health endpoints has some hundred bytes. */
const MOST_BYTES = 64 * 1024;

/** Codes of undici, which is Node's fetch. */
const BY_FETCH_CODE: readonly (readonly [RegExp, FailureKind])[] = [
  [/^UND_ERR_.*TIMEOUT$/, 'timeout'],
  [/^UND_ERR_SOCKET$/, 'connection-lost'],
  [/^(HPE_|UND_ERR_)/, 'unexpected-answer'],
  [/^(EPROTO|ERR_SSL_)/, 'tls-unavailable'],
];

export interface HttpAnswer {
  readonly httpStatus: number;
  /** The parsed JSON; undefined when it is none. */
  readonly body: unknown;
}

/**
 * GETs a URL on a connection of its own, so that a load balancer may choose another pod each time. Follows no redirect.
 * @param key sent as a bearer token
 * @throws SourceError, whose words carry nothing of the answer
 */
export async function getJson(url: URL, timeoutMs: number, key?: string): Promise<HttpAnswer> {
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        accept: 'application/json',
        connection: 'close',
        'user-agent': 'litellm-db-auditor',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
    });
    return { httpStatus: response.status, body: parsed(await boundedText(response)) };
  } catch (error) {
    throw new SourceError(failure(error, timeoutMs));
  }
}

async function boundedText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) {
      throw new SourceError(
        failureOf('unexpected-answer', { message: `The answer is longer than ${MOST_BYTES} bytes.` }),
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failure(error: unknown, timeoutMs: number): SourceFailure {
  if (error instanceof SourceError) return error.failure;
  if (error instanceof Error && error.name === 'TimeoutError') {
    return failureOf('timeout', { message: `No answer within ${timeoutMs} ms.` });
  }
  // fetch hides what happened in the cause of a TypeError.
  const { code } = codeAndText(error instanceof TypeError ? (error.cause ?? error) : error);
  const kind = kindOfNodeCode(code) ?? BY_FETCH_CODE.find(([form]) => form.test(code))?.[1] ?? 'other';
  return failureOf(kind, code === '' ? {} : { code });
}
