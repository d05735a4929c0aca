import type { Budget } from '../../core/deadline.ts';
import type { Settings, Target } from '../../settings/settings.ts';
import { readLitellm } from '../litellm/litellm.ts';
import { readRouterSettings } from '../litellm/router-settings.ts';
import { connect } from '../postgres/connect.ts';
import { postgresFailure } from '../postgres/failure.ts';
import { readServer } from '../postgres/server.ts';
import { readSessionsAndLocks } from '../postgres/sessions.ts';
import type { ConnectionSource, SourceResult, Sources } from '../snapshot.ts';
import { skipped, timed } from './timed.ts';

export type DatabaseSources = Pick<
  Sources,
  'connection' | 'server' | 'sessions' | 'locks' | 'tables' | 'router-settings' | 'litellm'
>;

/** All that is read from the database, on one connection. Catalogs and statistics come first: they wait for no lock on a table. Never rejects. */
export async function collectDatabase(settings: Settings, budget: Budget): Promise<DatabaseSources> {
  const { target } = settings;
  const failure = (error: unknown) => postgresFailure(error, { iam: target.login.kind === 'iam', phase: 'statement' });
  const attempt = await timed(() => connect(target, settings, budget), failure);
  if (attempt.status !== 'ok') {
    const none = skipped('There is no connection to the database.');
    return {
      connection: attempt,
      server: none,
      sessions: none,
      locks: none,
      tables: none,
      'router-settings': none,
      litellm: none,
    };
  }
  const live = attempt.value;
  const see = async <Value>(read: () => Promise<Value>): Promise<SourceResult<Value>> =>
    live.usable() ? timed(read, failure) : skipped('The connection was lost before this was read.');
  try {
    const look = await see(() => readServer(live, settings));
    const activity = await see(() => readSessionsAndLocks(live, settings));
    const seen = {
      connection: { ...attempt, value: describe(target) },
      sessions: partOf(activity, ({ sessions }) => sessions),
      locks: partOf(activity, ({ locks }) => locks),
      tables: partOf(look, ({ tables }) => tables),
    };
    if (look.status !== 'ok') {
      const none = skipped('Which tables LiteLLM has is not known.');
      return { ...seen, server: look, 'router-settings': none, litellm: none };
    }
    const { server } = look.value;
    return {
      ...seen,
      server: { ...look, value: server },
      'router-settings': await see(() => readRouterSettings(live, server)),
      litellm: await see(() => readLitellm(live, look.value)),
    };
  } finally {
    await live.close();
  }
}

/** A source of those that one statement has read. */
function partOf<Whole, Value>(result: SourceResult<Whole>, select: (whole: Whole) => Value): SourceResult<Value> {
  return result.status === 'ok' ? { ...result, value: select(result.value) } : result;
}

function describe(target: Target): ConnectionSource {
  return {
    host: target.host,
    port: target.port,
    user: target.user,
    databaseName: target.databaseName,
    authentication: target.login.kind,
    tls: target.tls.mode === 'verify',
  };
}
