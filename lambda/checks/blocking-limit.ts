import type { Settings } from '../settings/settings.ts';

/** A transaction that blocks others is not bad at once: LiteLLM's batch writes hold row locks for a moment. */
const BLOCKING_SECONDS = 10;

/** How long a transaction that blocks others may be idle, in seconds. */
export function blockingLimit({ idleInTransactionWarningSeconds }: Settings): number {
  return Math.min(BLOCKING_SECONDS, idleInTransactionWarningSeconds);
}
