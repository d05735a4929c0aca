import type { Settings } from '../settings/settings.ts';
import { awsFailure } from '../snapshot/aws/aws-failure.ts';
import type { PreviousSource } from '../snapshot/snapshot.ts';
import type { Loaded, Store } from './store.ts';

/** DynamoDB answers in a few milliseconds. Whoever waits longer for the memory is better off without it. */
const TIMEOUT_MS = 2000;
/** What an audit reads and writes at most, in calls: one to read, one to claim, one to record. */
const CALLS = 3;

/** The memory of a database at the start of an audit. */
export type Recalled =
  | { readonly kind: 'recalled'; readonly store: Store; readonly loaded: Loaded }
  | { readonly kind: 'none' }
  | { readonly kind: 'failed'; readonly reason: string };

/** The longest that an audit waits for the memory in all, in milliseconds. */
export function memoryReserveMs({ memoryTable }: Pick<Settings, 'memoryTable'>): number {
  return memoryTable === undefined ? 0 : CALLS * TIMEOUT_MS;
}

/** Opens the memory of the database, and reads what is in it. Never throws: an audit without a memory is better than none. */
export async function recall({ memoryTable, target }: Pick<Settings, 'memoryTable' | 'target'>): Promise<Recalled> {
  if (memoryTable === undefined) return { kind: 'none' };
  try {
    const { DynamoDbStore } = await import('./dynamodb-store.ts');
    const store = new DynamoDbStore(memoryTable, target.label, TIMEOUT_MS);
    return { kind: 'recalled', store, loaded: await store.load() };
  } catch (error) {
    return { kind: 'failed', reason: memoryFailure(error) };
  }
}

/** What the audit before saw; undefined when that is not known. */
export function previousIn(recalled: Recalled): PreviousSource | undefined {
  if (recalled.kind !== 'recalled' || recalled.loaded.kind !== 'stored') return undefined;
  return recalled.loaded.state.previous ?? undefined;
}

/** Why the memory could not be used, as a sentence or two in our own words. */
export function memoryFailure(error: unknown): string {
  if (error instanceof Error && error.name === 'MemoryConflict') return error.message;
  const { message, remediation } = awsFailure(error, 'dynamodb:GetItem and dynamodb:PutItem on the memory table');
  return remediation === undefined ? message : `${message} ${remediation.text}`;
}
