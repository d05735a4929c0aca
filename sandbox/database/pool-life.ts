import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from './pool.ts';

/** LiteLLM's own jobs use the pool of a pod that lives. */
const WORK_PAUSE_MS = 150;

interface Life {
  readonly refreshSeconds: number;
  /** So many refreshes leave the pool before them open; those after them replace it. */
  readonly leaks: number;
  /** Of `performance.now()`, the same for all pods: their refreshes are due at the same times. */
  readonly started: number;
}

/** Uses the pool, and refreshes its token, until the signal comes. Calls `leaked` once it has left all that it leaves. */
export async function keepAlive(
  pool: Pool,
  { refreshSeconds, leaks, started }: Life,
  leaked: () => void,
  signal: AbortSignal,
): Promise<void> {
  if (leaks === 0) leaked();
  for (let refresh = 1; !signal.aborted; refresh++) {
    const due = started + refresh * refreshSeconds * 1000;
    while (performance.now() < due && !signal.aborted) {
      await pool.work();
      await delay(Math.min(WORK_PAUSE_MS, Math.max(0, due - performance.now())));
    }
    if (signal.aborted) return;
    if (refresh > leaks) await pool.replace();
    else await pool.leave(refreshSeconds);
    if (refresh === leaks) leaked();
  }
}
