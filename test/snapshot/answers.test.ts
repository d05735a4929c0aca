import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startBudget } from '../../lambda/core/deadline.ts';
import { readLitellm } from '../../lambda/snapshot/litellm/litellm.ts';
import { readRouterSettings } from '../../lambda/snapshot/litellm/router-settings.ts';
import { connect, type DatabaseConnection } from '../../lambda/snapshot/postgres/connect.ts';
import { readServer, type ServerLook } from '../../lambda/snapshot/postgres/server.ts';
import type { SandboxDatabase } from '../../sandbox/database/database.ts';
import { startDatabase } from '../shared-database.ts';
import { credentialVariables, iamTarget, settingsFor } from '../target.ts';
import { kindOf, look } from './look.ts';

let database: SandboxDatabase;
let live: DatabaseConnection;
let seen: ServerLook;
beforeAll(async () => {
  database = await startDatabase({ litellm: { keys: 10, teams: 3, version: '1.100.0' } });
  for (const [name, value] of Object.entries(credentialVariables(database))) vi.stubEnv(name, value);
  const settings = settingsFor(iamTarget(database));
  live = await connect(settings.target, settings, startBudget(60_000));
  seen = await readServer(live, settings);
});
afterAll(async () => {
  await live.close();
  await database.stop();
});

/** What a server, or what stands between, answers in place of the real answer. */
function answering(change: (answer: object) => unknown): DatabaseConnection {
  return { ...live, value: async (sql, values) => change(Object(await live.value(sql, values))) };
}

const UNEXPECTED = { failure: { kind: 'unexpected-answer' } };

describe('an answer that lacks what was asked for', () => {
  it.each(['global', 'team', 'key'])('is no answer about router_settings when %s is not in it', async (part) => {
    const without = answering((answer) => Object.fromEntries(Object.entries(answer).filter(([name]) => name !== part)));

    await expect(readRouterSettings(live, seen.server)).resolves.toMatchObject({ global: { state: 'present' } });
    await expect(readRouterSettings(without, seen.server)).rejects.toMatchObject(UNEXPECTED);
  });

  it.each(['workers', 'migrations', 'userConfig'])(
    "is no answer about LiteLLM's tables when %s is not in it",
    async (part) => {
      const without = answering((answer) =>
        Object.fromEntries(Object.entries(answer).filter(([name]) => name !== part)),
      );

      await expect(readLitellm(live, seen)).resolves.toMatchObject({
        workers: { state: 'seen' },
      });
      await expect(readLitellm(without, seen)).rejects.toMatchObject(UNEXPECTED);
    },
  );

  it.each([[{}], [null], [[]]])('is no answer when it is %j in place of everything', async (answer) => {
    await expect(
      readRouterSettings(
        answering(() => answer),
        seen.server,
      ),
    ).rejects.toMatchObject(UNEXPECTED);
    await expect(
      readLitellm(
        answering(() => answer),
        seen,
      ),
    ).rejects.toMatchObject(UNEXPECTED);
  });

  it.each(['NULL', `'{}'`, `'{"kind": "unheard-of"}'`])(
    'is unknown, never "there is no row", when the function returns %s',
    async (value) => {
      const [before] = await database.query(
        `SELECT pg_get_functiondef('litellm_auditor.global_router_settings(text)'::regprocedure) AS sql`,
      );
      await database.query(
        `CREATE OR REPLACE FUNCTION litellm_auditor.global_router_settings(litellm_schema text) RETURNS jsonb LANGUAGE sql AS $$ SELECT ${value}::jsonb $$`,
      );
      try {
        expect(kindOf((await look(database))['router-settings'])).toBe('unexpected-answer');
      } finally {
        await database.query(String(before?.sql));
      }
    },
  );
});
