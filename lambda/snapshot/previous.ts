import type { PreviousSource, SessionGroup, Snapshot, SourceResult, TablesSource } from './snapshot.ts';

const HOLDER_LIMIT = 200;

/** What a later audit compares with, of an earlier snapshot of the same database. */
export function previousOf({ takenAt, sources: { server, sessions, litellm, tables } }: Snapshot): PreviousSource {
  const seen = sessions.status === 'ok' ? sessions.value : null;
  const activity = litellm.status === 'ok' ? litellm.value.activity : null;
  const holders = seen === null ? [] : holdersOf(seen.groups);
  return {
    takenAt,
    serverStartedAt: server.status === 'ok' ? server.value.startedAt : null,
    litellmSchema: server.status === 'ok' ? server.value.litellmSchema : null,
    sessions: seen?.total ?? null,
    holders: holders.slice(0, HOLDER_LIMIT),
    // Groups that were cut off may be of holders that are not among these.
    holderCount: seen === null ? 0 : holders.length + seen.groupCount - seen.groups.length,
    activity: activity?.state === 'seen' ? readingOf(activity) : null,
    tables: tables.status === 'ok' ? countersOf(tables.value) : null,
  };
}

/** The source of an earlier audit; reading it takes no time of this one. */
export function asSource(previous: PreviousSource): SourceResult<PreviousSource> {
  return { status: 'ok', durationMs: 0, value: previous };
}

function holdersOf(groups: readonly SessionGroup[]): PreviousSource['holders'] {
  const visible = groups.filter(({ state }) => state !== null);
  const alike = Map.groupBy(visible, ({ user, database, clientAddress, application }) =>
    JSON.stringify([user, database, clientAddress, application]),
  );
  return [...alike.values()]
    .flatMap((own) => {
      const [first] = own;
      if (first === undefined) return [];
      const { user, database, clientAddress, application } = first;
      const sessions = own.reduce((sum, { count }) => sum + count, 0);
      return [{ user, database, clientAddress, application, sessions }];
    })
    .sort((a, b) => b.sessions - a.sessions);
}

function readingOf({
  at,
  configScans,
  spendLogRows,
  statsReset,
}: NonNullable<PreviousSource['activity']>): PreviousSource['activity'] {
  return { at, configScans, spendLogRows, statsReset };
}

function countersOf({ at, deadlocks, statsReset, tables }: TablesSource): PreviousSource['tables'] {
  return {
    at,
    deadlocks,
    statsReset,
    tables: tables.map(({ name, rowsInserted, rowsDeleted }) => ({ name, rowsInserted, rowsDeleted })),
  };
}
