import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startBudget } from '../../lambda/core/deadline.ts';
import { readLitellm } from '../../lambda/snapshot/litellm/litellm.ts';
import { readRouterSettings } from '../../lambda/snapshot/litellm/router-settings.ts';
import { connect, type DatabaseConnection } from '../../lambda/snapshot/postgres/connect.ts';
import { readServer, type ServerLook } from '../../lambda/snapshot/postgres/server.ts';
import type { SandboxDatabase } from '../../sandbox/database/database.ts';
import { startDatabase } from '../shared-database.ts';
import { credentialVariables, iamTarget, settingsFor } from '../target.ts';
import { look } from './look.ts';

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
function answering(answer: unknown): DatabaseConnection {
  return { ...live, value: async () => answer };
}

const FAILED = { state: 'failed', failure: { kind: 'unexpected-answer' } };

describe('an answer that lacks what was asked for', () => {
  it.each([[{}], [null], [[]], [{ part: 'another', answer: null }]])('is no answer when it is %j', async (answer) => {
    await expect(readRouterSettings(live, seen.server)).resolves.toMatchObject({ global: { state: 'present' } });
    await expect(readRouterSettings(answering(answer), seen.server)).resolves.toMatchObject({
      global: FAILED,
      team: FAILED,
      key: FAILED,
    });
    await expect(readLitellm(answering(answer), seen)).resolves.toMatchObject({
      workers: FAILED,
      migrations: FAILED,
      userConfig: FAILED,
    });
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
        expect((await look(database))['router-settings']).toMatchObject({ value: { global: FAILED } });
      } finally {
        await database.query(String(before?.sql));
      }
    },
  );
});
