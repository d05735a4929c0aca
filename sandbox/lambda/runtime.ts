import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { functionArn, type LambdaFunction, type LambdaPlace } from './function.ts';
import { type Exit, FunctionProcess } from './function-process.ts';
import { type Outcome, type RuntimeApi, startRuntimeApi } from './runtime-api.ts';

/** Lambda's own limit for initialization (Lambda developer guide, "Init phase"). */
const INIT_LIMIT_MS = 10_000;

const functionErrorSchema = z.object({
  errorType: z.string(),
  errorMessage: z.string(),
  trace: z.array(z.string()),
});
export type FunctionError = z.infer<typeof functionErrorSchema>;

export type Invocation = {
  readonly stdout: string;
  readonly stderr: string;
  /** From the event's delivery to the answer, without initialization. */
  readonly durationMs: number;
  /** From the start of the process to its first poll; undefined on a warm one. */
  readonly initMs: number | undefined;
  /** Largest resident set of the process so far; undefined when it ended without an answer. */
  readonly peakMemoryBytes: number | undefined;
} & (
  | { readonly status: 'ok' /** After JSON. */; readonly result: unknown }
  | { readonly status: 'function-error'; readonly error: FunctionError }
  | { readonly status: 'timed-out'; readonly message: string }
  | { readonly status: 'crashed'; readonly message: string }
);

type End =
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'exit'; readonly exit: Exit }
  | { readonly kind: 'timeout'; readonly message: string };
type Taken = { readonly kind: 'taken' };

/** Runs a function as Lambda does: in a separate process that stays warm between invocations and is killed at the timeout. */
export class LambdaRuntime {
  readonly #lambda: LambdaFunction;
  readonly #place: LambdaPlace;
  readonly #api: RuntimeApi;
  #process: FunctionProcess | undefined;
  #busy = false;

  private constructor(lambda: LambdaFunction, place: LambdaPlace, api: RuntimeApi) {
    this.#lambda = lambda;
    this.#place = place;
    this.#api = api;
  }

  /** The process itself starts with the first invocation. */
  static async start(lambda: LambdaFunction, place: LambdaPlace): Promise<LambdaRuntime> {
    return new LambdaRuntime(lambda, place, await startRuntimeApi(functionArn(lambda, place)));
  }

  /**
   * Invokes the function with an event and waits for the end.
   * @throws Error while another invocation runs: an environment runs one at a time.
   */
  async invoke(event: unknown): Promise<Invocation> {
    if (this.#busy) throw new Error('Another invocation is running.');
    this.#busy = true;
    try {
      return await this.#run(event);
    } finally {
      this.#busy = false;
    }
  }

  async stop(): Promise<void> {
    await this.#endProcess();
    await this.#api.stop();
  }

  async #run(event: unknown): Promise<Invocation> {
    const begun = performance.now();
    const warm = this.#process !== undefined;
    const child = this.#process ?? this.#startProcess();
    const timeoutMs = this.#lambda.timeoutSeconds * 1000;
    const offer = this.#api.offer(event, timeoutMs);
    const ends = [
      offer.outcome.then((outcome): End => ({ kind: 'outcome', outcome })),
      child.exited.then((exit): End => ({ kind: 'exit', exit })),
    ];
    const start = await raceAgainstTime<End | Taken>(
      [offer.taken.then((): Taken => ({ kind: 'taken' })), ...ends],
      INIT_LIMIT_MS,
      'Init timed out',
    );
    const takenAt = performance.now();
    const end = start.kind === 'taken' ? await raceAgainstTime(ends, timeoutMs, 'Task timed out') : start;
    const measured = {
      durationMs: performance.now() - takenAt,
      initMs: warm ? undefined : takenAt - begun,
      peakMemoryBytes: end.kind === 'outcome' ? end.outcome.peakMemoryBytes : undefined,
    };
    if (end.kind === 'outcome' && end.outcome.kind !== 'init-error') {
      const marker = `END RequestId: ${offer.requestId}\n`;
      const [stdout, stderr] = await Promise.all([child.stdout.until(marker), child.stderr.until(marker)]);
      return { ...measured, stdout, stderr, ...readAnswer(end.outcome) };
    }
    offer.withdraw();
    await this.#endProcess();
    return { ...measured, stdout: child.stdout.take(), stderr: child.stderr.take(), ...readFailure(end) };
  }

  #startProcess(): FunctionProcess {
    const child = new FunctionProcess(this.#lambda, this.#place, this.#api.address);
    this.#process = child;
    child.exited.then(() => {
      if (this.#process === child) this.#process = undefined;
    });
    return child;
  }

  async #endProcess(): Promise<void> {
    await this.#process?.kill();
  }
}

/** The first of the promises that settles, or a timeout after `limitMs`. */
async function raceAgainstTime<Kind>(
  promises: readonly Promise<Kind>[],
  limitMs: number,
  what: string,
): Promise<Kind | Extract<End, { kind: 'timeout' }>> {
  const timer = new AbortController();
  const timeout = { kind: 'timeout', message: `${what} after ${(limitMs / 1000).toFixed(2)} seconds` } as const;
  try {
    return await Promise.race([...promises, delay(limitMs, timeout, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}

function readAnswer({ kind, body }: Outcome) {
  return kind === 'response'
    ? ({ status: 'ok', result: JSON.parse(body) } as const)
    : ({ status: 'function-error', error: functionErrorSchema.parse(JSON.parse(body)) } as const);
}

function readFailure(end: End) {
  if (end.kind === 'outcome') return readAnswer(end.outcome);
  return end.kind === 'timeout'
    ? ({ status: 'timed-out', message: end.message } as const)
    : ({ status: 'crashed', message: `The function's process ended with ${end.exit}.` } as const);
}
