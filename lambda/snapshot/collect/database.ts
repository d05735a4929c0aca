import { setTimeout as delay } from 'node:timers/promises';
import type { Budget } from '../../core/deadline.ts';
import type { Settings, Target } from '../../settings/settings.ts';
import { postgresFailure } from '../failure.ts';
import { type Measurement, readLitellm } from '../litellm/litellm.ts';
import { nothingToMeasure, ruledOut, statedVersions } from '../litellm/measurement.ts';
import { readRouterSettings } from '../litellm/router-settings.ts';
import { connect } from '../postgres/connect.ts';
import { readServer } from '../postgres/server.ts';
import { readSessions } from '../postgres/sessions.ts';
import type { ConnectionSource, SourceResult, Sources } from '../snapshot.ts';
import { skipped, timed } from './timed.ts';

type DatabaseSources = Pick<Sources, 'connection' | 'server' | 'sessions' | 'router-settings' | 'litellm'>;

/**
 * All that is read from the database, on one connection and in at most four round trips. Never rejects.
 * @param proxy states the version, which decides whether table activity is measured
 */
export async function collectDatabase(
  settings: Settings,
  budget: Budget,
  proxy: Promise<Sources['proxy']>,
): Promise<DatabaseSources> {
  const { target } = settings;
  const failure = (error: unknown) => postgresFailure(error, { iam: target.login.kind === 'iam' });
  const attempt = await timed(() => connect(target, settings, budget), failure);
  if (attempt.status !== 'ok') {
    const none = skipped('There is no connection to the database.');
    return { connection: attempt, server: none, sessions: none, 'router-settings': none, litellm: none };
  }
  const live = attempt.value;
  const see = async <Value>(read: () => Promise<Value>): Promise<SourceResult<Value>> =>
    live.usable() ? timed(read, failure) : skipped('The connection was lost before this was read.');
  try {
    const look = await see(() => readServer(live, settings));
    const lookedAt = performance.now();
    const sessions = await see(() => readSessions(live, settings));
    const seen = { connection: { ...attempt, value: describe(target) }, sessions };
    if (look.status !== 'ok') {
      const none = skipped('Which tables LiteLLM has is not known.');
      return { ...seen, server: look, 'router-settings': none, litellm: none };
    }
    const { server } = look.value;
    const routerSettings = await see(() => readRouterSettings(live, server));
    const measurement = await planMeasurement(routerSettings, settings, proxy);
    const ready = 'reason' in measurement ? measurement : await waited(measurement, lookedAt, settings, budget);
    return {
      ...seen,
      server: { ...look, value: server },
      'router-settings': routerSettings,
      litellm: await see(() => readLitellm(live, look.value, ready)),
    };
  } finally {
    await live.close();
  }
}

async function planMeasurement(
  routerSettings: Sources['router-settings'],
  { litellmVersion }: Settings,
  proxy: Promise<Sources['proxy']>,
): Promise<Measurement> {
  if (routerSettings.status !== 'ok') return { reason: 'Whether there are router_settings is not known.' };
  const nothing = nothingToMeasure(routerSettings.value);
  if (nothing !== null) return { reason: nothing };
  const reason = ruledOut(routerSettings.value, statedVersions(await proxy, litellmVersion ?? null));
  if (reason !== null) return { reason };
  const { state } = routerSettings.value.global;
  return { ownScans: state === 'present' || state === 'absent' ? 1 : 0 };
}

/** Waits for the second reading to be due, when there is the time for it. */
async function waited(
  measurement: Measurement,
  firstReadAt: number,
  { activitySeconds, statementTimeoutMs }: Settings,
  budget: Budget,
): Promise<Measurement> {
  const wait = Math.max(0, firstReadAt + activitySeconds * 1000 - performance.now());
  const needed = wait + statementTimeoutMs;
  if (budget.atMost(needed) < Math.floor(needed)) return { reason: 'There was not enough time left for two readings.' };
  await delay(wait);
  return measurement;
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
