import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runChecks } from '../../lambda/checks/run.ts';
import { buildModel } from '../../lambda/model/model.ts';
import { collectSnapshot } from '../../lambda/snapshot/collect/collect.ts';
import { fatal } from '../../sandbox/database/protocol.ts';
import type { WireAction } from '../../sandbox/wire/fault.ts';
import type { FaultProxy } from '../../sandbox/wire/fault-proxy.ts';
import { startUp } from '../../sandbox/wire/messages.ts';
import { type FaultWorld, startFaultWorld } from '../faults/world.ts';

let world: FaultWorld;
let proxy: FaultProxy;
beforeAll(async () => {
  world = await startFaultWorld();
  proxy = await world.proxy();
});
afterAll(async () => {
  await proxy?.stop();
  await world?.stop();
});
afterEach(() => proxy.inject(undefined));

async function audited() {
  const settings = { ...world.settings, target: { ...world.settings.target, port: proxy.port } };
  const snapshot = await collectSnapshot(settings, 20_000);
  const findings = runChecks(snapshot, buildModel(snapshot, settings), settings);
  return { snapshot, of: (id: string) => findings.find(({ checkId }) => checkId === id) };
}

const replaced = (by: Buffer, next: 'go-on' | 'end'): WireAction => ({ kind: 'replace', by, next });

/** PgBouncer with ignore_startup_parameters: the server never sees what the client asked for. */
function dropSettings(extra: Readonly<Record<string, string>> = {}): void {
  const { user, databaseName: database } = world.settings.target;
  const by = startUp({ user, database, client_encoding: 'UTF8', ...extra });
  proxy.inject({ phase: 'startup', from: 'client', message: 0, action: replaced(by, 'go-on') });
}

describe("the auditor's session", () => {
  it('is ok when PostgreSQL has what was asked for', async () => {
    const { of, snapshot } = await audited();

    expect(of('auditor-session')).toMatchObject({ status: 'ok', kind: 'risk', evidence: { weaker: [] } });
    expect(snapshot.sources.server).toMatchObject({
      value: {
        session: {
          readOnly: true,
          statementTimeoutMs: 500,
          lockTimeoutMs: 100,
          idleInTransactionTimeoutMs: 10_000,
          rowSecurity: false,
        },
      },
    });
  });

  it('warns of each setting that a pooler has dropped, and names the way out', async () => {
    dropSettings();

    const { of } = await audited();

    expect(of('auditor-session')).toMatchObject({
      status: 'warning',
      advice: expect.arrayContaining([{ text: expect.stringContaining("database's own endpoint") }]),
    });
    expect(of('auditor-session')?.evidence.weaker).toEqual([
      { setting: 'transaction_read_only', asked: 'on', has: 'off' },
      { setting: 'statement_timeout', asked: '500 ms', has: '0 (no limit)' },
      { setting: 'lock_timeout', asked: '100 ms', has: '0 (no limit)' },
      { setting: 'idle_in_transaction_session_timeout', asked: '10000 ms', has: '0 (no limit)' },
      { setting: 'row_security', asked: 'off', has: 'on' },
    ]);
  });

  it('warns of a time limit alone that is longer than what was asked for', async () => {
    dropSettings({
      statement_timeout: '501',
      lock_timeout: '100',
      idle_in_transaction_session_timeout: '9000',
      options: '-c default_transaction_read_only=on -c row_security=off',
    });

    expect((await audited()).of('auditor-session')?.evidence.weaker).toEqual([
      { setting: 'statement_timeout', asked: '500 ms', has: '501 ms' },
    ]);
  });

  it('sees the same of LiteLLM, whatever the time zone of a session whose settings were dropped', async () => {
    const before = (await audited()).snapshot.sources;
    dropSettings({ TimeZone: 'Asia/Kathmandu', DateStyle: 'SQL, DMY' });

    const after = (await audited()).snapshot.sources;

    const known = ({ 'router-settings': settings, litellm }: typeof before) =>
      settings.status === 'ok' && litellm.status === 'ok' && [settings.value, { ...litellm.value, activity: null }];
    expect(known(after)).toEqual(known(before));
  });
});

describe('row-level security', () => {
  it.each([
    ['LiteLLM_Config', 'global-router-settings'],
    ['LiteLLM_SpendLogs', 'user-config'],
    ['LiteLLM_TeamTable', 'team-router-settings'],
  ])('of %s makes %s unknown, although a pooler has dropped row_security', async (table, checkId) => {
    await world.query(
      `ALTER TABLE "${table}" ENABLE ROW LEVEL SECURITY; ALTER TABLE "${table}" FORCE ROW LEVEL SECURITY`,
    );
    dropSettings();

    const finding = (await audited()).of(checkId);

    await world.query(
      `ALTER TABLE "${table}" NO FORCE ROW LEVEL SECURITY; ALTER TABLE "${table}" DISABLE ROW LEVEL SECURITY`,
    );
    expect(finding).toMatchObject({ status: 'unknown', missingSources: [{ kind: 'row-security' }] });
  });
});

describe('a pooler that refuses the settings', () => {
  it('is named as one, without advice on the network', async () => {
    const by = fatal('08P01', 'unsupported startup parameter: statement_timeout');
    proxy.inject({ phase: 'startup', from: 'server', message: 0, action: replaced(by, 'end') });

    const finding = (await audited()).of('database-reachable');

    expect(finding).toMatchObject({ evidence: { cause: 'pooler-refused', code: '08P01' } });
    expect(finding?.advice[0]?.text).toContain("database's own endpoint");
    expect(JSON.stringify(finding)).not.toMatch(/security group|in time/);
  });
});
