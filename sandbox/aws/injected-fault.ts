/** What can be made to go wrong with a stand-in. */
export type InjectedFault =
  /** The service says no: AuthorizationError, AccessDenied, InternalFailure ... The status is 403 when left out. */
  | { readonly kind: 'refuse'; readonly code: string; readonly message?: string; readonly status?: number }
  | { readonly kind: 'throttle' }
  /** Takes the request and never answers. */
  | { readonly kind: 'silent' }
  /** Status 200 with bytes that are no answer. */
  | { readonly kind: 'garbage' }
  /** The TCP connection is reset once the request is in. */
  | { readonly kind: 'reset' }
  /** The right answer, too late. */
  | { readonly kind: 'slow'; readonly delayMs: number };

/** Which fault the next request meets. */
export class InjectedFaults {
  #fault: InjectedFault | undefined;
  #left = 0;

  /** Makes the next `times` requests meet the fault; all of them when left out. undefined ends it. */
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
