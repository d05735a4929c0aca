import pg from 'pg';
import type { Budget } from '../core/deadline.ts';
import type { Settings } from '../settings/settings.ts';
import { connect, type DatabaseConnection } from '../snapshot/postgres/connect.ts';
import type { SourceFailure } from '../snapshot/snapshot.ts';
import { operationFailure } from './failure.ts';
import type { NotDone } from './operation.ts';

/** One statement, and so one transaction. One that writes gives the same answer when it is sent again. */
export interface Call<Answer> {
  readonly access: 'read' | 'write';
  send(connection: DatabaseConnection): Promise<Answer>;
}

type Attempt<Answer> =
  | { readonly answer: Answer }
  /** `isLost`: it was sent, and no answer came; PostgreSQL may have done it. */
  | { readonly failure: SourceFailure; readonly isLost: boolean };

/**
 * Sends a call on a connection of its own. When the answer to one that writes is lost, it is sent once more on a new one, to learn what
 * became of the first. Never throws.
 */
export async function attempt<Answer>(
  call: Call<Answer>,
  settings: Settings,
  budget: Budget,
): Promise<{ readonly answer: Answer; readonly wasLost: boolean } | { readonly notDone: NotDone }> {
  const first = await once(call, settings, budget);
  if ('answer' in first) return { ...first, wasLost: false };
  const { failure, isLost } = first;
  if (!isLost || call.access === 'read') return { notDone: { outcome: 'failed', failure } };
  const second = await once(call, settings, budget);
  // An error now says nothing about the first call: it may still be under way.
  return 'answer' in second ? { ...second, wasLost: true } : { notDone: { outcome: 'not-known', failure } };
}

async function once<Answer>(call: Call<Answer>, settings: Settings, budget: Budget): Promise<Attempt<Answer>> {
  let connection: DatabaseConnection | undefined;
  try {
    connection = await connect(settings.target, settings, budget, call.access);
    return { answer: await call.send(connection) };
  } catch (error) {
    const failure = operationFailure(error);
    return { failure, isLost: connection !== undefined && !isRefusal(error, failure) };
  } finally {
    await connection?.close();
  }
}

/** Whether PostgreSQL itself has said that it did nothing. */
function isRefusal(error: unknown, { kind }: SourceFailure): boolean {
  // A pooler says so of its own connection, and not what became of the statement.
  return error instanceof pg.DatabaseError && kind !== 'connection-lost' && kind !== 'pooler-refused';
}
