import { type Budget, withDeadline } from '../../core/deadline.ts';
import type { Settings } from '../../settings/settings.ts';
import { failureOf, SourceError } from '../failure.ts';
import type { ProxySource, SourceFailure } from '../snapshot.ts';
import { parseReadiness, parseVersion } from './answers.ts';
import { getJson, type HttpAnswer } from './http.ts';
import { readProxyKey } from './key.ts';

/** How often each endpoint is asked: answers may come from different pods. */
const TIMES = 3;
const READINESS = '/health/readiness';
const DETAILS = '/health/readiness/details';

type StatedVersion = Omit<ProxySource['versions'][number], 'count'>;
type Outcome<Value> = { readonly value: Value } | { readonly failure: SourceFailure };

/**
 * What the proxy says about its database and its version; never by GET /health, which makes paid calls of models. Failed requests to
 * /health/readiness, and a key that could not be read, are among the failures.
 */
export async function readProxy(
  proxy: NonNullable<Settings['proxy']>,
  { proxyTimeoutMs, awsTimeoutMs }: Pick<Settings, 'proxyTimeoutMs' | 'awsTimeoutMs'>,
  budget: Budget,
): Promise<ProxySource> {
  const ask = (path: string, key?: string) => {
    const url = endpoint(proxy.url, path);
    return Promise.all(Array.from({ length: TIMES }, () => outcome(getJson(url, budget.atMost(proxyTimeoutMs), key))));
  };
  const answers = await ask(READINESS);
  const readiness = answers.map(asReadiness);
  const failures = failuresOf(readiness);
  const stated = statedBy('readiness', answers);
  // One replica may state its version where another does not: that distinguishes replicas of different versions.
  const someAreSilent = () => stated.length < valuesOf(readiness).length;

  if (someAreSilent()) stated.push(...statedBy('model-hub', await ask('/public/model_hub/info')));
  if (someAreSilent() && proxy.keySecretArn !== undefined) {
    const key = await keyFrom(proxy.keySecretArn, budget.atMost(awsTimeoutMs));
    if ('value' in key) {
      const details = await ask(DETAILS, key.value);
      stated.push(...statedBy('readiness-details', details));
      failures.push(...keyRefusal(details));
    } else failures.push(key.failure);
  }
  return { host: new URL(proxy.url).hostname, readiness: valuesOf(readiness), failures, versions: counted(stated) };
}

/** The proxy may live under a path (SERVER_ROOT_PATH). */
function endpoint(base: string, path: string): URL {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
  url.search = '';
  return url;
}

function keyFrom(arn: string, milliseconds: number): Promise<Outcome<string>> {
  const abort = new AbortController();
  const reading = withDeadline(readProxyKey(arn, abort.signal), milliseconds, () => abort.abort());
  return outcome(reading, (failure) => ({
    ...failure,
    message: `The proxy's key could not be read. ${failure.message}`,
  }));
}

async function outcome<Value>(
  work: Promise<Value>,
  word: (failure: SourceFailure) => SourceFailure = (failure) => failure,
): Promise<Outcome<Value>> {
  try {
    return { value: await work };
  } catch (error) {
    return { failure: word(error instanceof SourceError ? error.failure : failureOf('timeout')) };
  }
}

function asReadiness(answer: Outcome<HttpAnswer>): Outcome<ProxySource['readiness'][number]> {
  if ('failure' in answer) return answer;
  const value = parseReadiness(answer.value);
  if (value !== null) return { value };
  const { httpStatus } = answer.value;
  const message = `GET ${READINESS} was answered with HTTP ${httpStatus}, and not as LiteLLM answers it.`;
  return { failure: failureOf('unexpected-answer', { message, code: `HTTP ${httpStatus}` }) };
}

/** One failure, however many pods refuse the key. */
function keyRefusal(details: readonly Outcome<HttpAnswer>[]): readonly SourceFailure[] {
  const refused = valuesOf(details).find(({ httpStatus }) => httpStatus === 401 || httpStatus === 403);
  if (refused === undefined) return [];
  const message = `The proxy refused the key for ${DETAILS}.`;
  return [failureOf('permission-denied', { message, code: `HTTP ${refused.httpStatus}` })];
}

function statedBy(from: StatedVersion['from'], answers: readonly Outcome<HttpAnswer>[]): StatedVersion[] {
  return valuesOf(answers).flatMap((answer) => {
    const version = parseVersion(answer);
    return version === null ? [] : [{ version, from }];
  });
}

function counted(stated: readonly StatedVersion[]): ProxySource['versions'] {
  return [...Map.groupBy(stated, ({ from, version }) => `${from} ${version}`).values()]
    .flatMap(([first, ...rest]) => (first === undefined ? [] : [{ ...first, count: rest.length + 1 }]))
    .sort((one, other) => other.count - one.count);
}

function valuesOf<Value>(outcomes: readonly Outcome<Value>[]): Value[] {
  return outcomes.flatMap((each) => ('value' in each ? [each.value] : []));
}

function failuresOf(outcomes: readonly Outcome<unknown>[]): SourceFailure[] {
  return outcomes.flatMap((each) => ('failure' in each ? [each.failure] : []));
}
