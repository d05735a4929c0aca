import type { SourceFailure, SourceResult } from '../snapshot.ts';

/** The result of reading a source, and how long it took; never rejects. */
export async function timed<Value>(
  read: () => Promise<Value>,
  failure: (error: unknown) => SourceFailure,
): Promise<Exclude<SourceResult<Value>, { status: 'skipped' }>> {
  const start = performance.now();
  const durationMs = () => Math.round(performance.now() - start);
  try {
    const value = await read();
    return { status: 'ok', durationMs: durationMs(), value };
  } catch (error) {
    return { status: 'failed', durationMs: durationMs(), failure: failure(error) };
  }
}

/** The result of a source that was not read. `configure`: what to configure to have it, where nobody asked for it. */
export function skipped(reason: string, configure?: string): Extract<SourceResult<never>, { status: 'skipped' }> {
  return { status: 'skipped', durationMs: 0, reason, ...(configure === undefined ? {} : { configure }) };
}
