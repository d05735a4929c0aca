/** What can be made to go wrong with a stand-in. */
export type InjectedFault =
  /** The service refuses: AuthorizationError, AccessDenied, InternalFailure ... The status is 403 by default. */
  | { readonly kind: 'refuse'; readonly code: string; readonly message?: string; readonly status?: number }
  | { readonly kind: 'throttle' }
  /** Accepts the request and never answers. */
  | { readonly kind: 'silent' }
  /** Status 200 with bytes that are not an answer. */
  | { readonly kind: 'garbage' }
  /** The TCP connection is reset after the request has arrived. */
  | { readonly kind: 'reset' }
  /** The right answer after a delay. */
  | { readonly kind: 'slow'; readonly delayMs: number };

/** Decides which fault the next request gets. */
export class InjectedFaults {
  #fault: InjectedFault | undefined;
  #left = 0;

  /** Injects the fault into the next `times` requests, by default into all. undefined ends it. */
  inject(fault: InjectedFault | undefined, times = Number.POSITIVE_INFINITY): void {
    this.#fault = fault;
    this.#left = times;
  }

  next(): InjectedFault | undefined {
    if (this.#left <= 0) return undefined;
    this.#left -= 1;
    return this.#fault;
  }
}
