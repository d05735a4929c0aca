/** A wait that took longer than it may. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  readonly milliseconds: number;

  constructor(milliseconds: number) {
    super(`No answer within ${milliseconds} ms.`);
    this.milliseconds = milliseconds;
  }
}

/**
 * Waits for `work`, but no longer than `milliseconds`; then calls `abandon` to free what the work holds.
 * @throws DeadlineError when the time is up; a later outcome of the work is ignored.
 */
export async function withDeadline<Value>(
  work: Promise<Value>,
  milliseconds: number,
  abandon: () => void,
): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      abandon();
      reject(new DeadlineError(milliseconds));
    }, milliseconds);
  });
  // Once the deadline has won, nobody else looks at how the work ends.
  work.catch(() => {});
  try {
    return await Promise.race([work, expiry]);
  } finally {
    clearTimeout(timer);
  }
}

/** What is left of the time for all sources together. */
export interface Budget {
  /** The smaller of `milliseconds` and what is left; at least 1. */
  atMost(milliseconds: number): number;
}

/** Starts a budget of so many milliseconds now. */
export function startBudget(milliseconds: number): Budget {
  const end = performance.now() + milliseconds;
  return { atMost: (wanted) => Math.max(1, Math.floor(Math.min(wanted, end - performance.now()))) };
}
