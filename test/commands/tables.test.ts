import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckFinding } from '../../lambda/checks/registry.ts';
import { runChecks } from '../../lambda/checks/run.ts';
import { buildModel } from '../../lambda/model/model.ts';
import { previousOf } from '../../lambda/snapshot/previous.ts';
import type { PreviousSource, Snapshot } from '../../lambda/snapshot/snapshot.ts';
import type { SandboxDatabase } from '../../sandbox/database/database.ts';
import { connectFrom } from '../../sandbox/database/pod-connection.ts';
import { OpenSessions } from '../open-sessions.ts';
import { startDatabase } from '../shared-database.ts';
import { look } from '../snapshot/look.ts';
import { healthySnapshot, seen, skipped } from '../snapshots.ts';
import { iamTarget, settingsFor } from '../target.ts';

const VERSION = '1.108.13';
const TUNING = { tableWarningRows: 100, litellmVersion: VERSION };

let database: SandboxDatabase;
beforeAll(async () => {
  database = await startDatabase({ litellm: { keys: 5, teams: 3, version: VERSION } });
});
afterAll(() => database.stop());

async function snapshotNow(previous?: PreviousSource): Promise<Snapshot> {
  const sources = await look(database, {}, TUNING);
  return {
    ...healthySnapshot({ configuredVersion: VERSION }),
    takenAt: new Date().toISOString(),
    sources: { ...sources, previous: previous === undefined ? skipped('None.') : seen(previous) },
  };
}

function findingsIn(snapshot: Snapshot): readonly CheckFinding[] {
  const settings = settingsFor(iamTarget(database), TUNING);
  return runChecks(snapshot, buildModel(snapshot, settings), settings);
}

/** The steps of a finding of table-growth, and its evidence; undefined when there is no such finding. */
async function aboutNow(subject: string) {
  const finding = findingsIn(await snapshotNow()).find(
    (each) => each.checkId === 'table-growth' && each.subject.startsWith(subject),
  );
  return finding && { evidence: finding.evidence, commands: finding.advice.flatMap(({ command = [] }) => command) };
}

/** Runs it as LiteLLM's own user, who owns the tables. */
async function asLitellm(command: string): Promise<void> {
  const client = await connectFrom('127.0.0.1', 'iam', database);
  try {
    await client.query(command);
  } finally {
    await client.end();
  }
}

describe('the indexes of a database', () => {
  it('are all there when its migrations have run', async () => {
    expect(await aboutNow('indexes')).toBeUndefined();
  });

  it('are built by the command when one is missing', async () => {
    await database.query('DROP INDEX "LiteLLM_SpendLogs_startTime_request_id_idx"');
    const lacking = await aboutNow('indexes');

    await asLitellm(lacking?.commands[0] ?? '');

    expect(lacking?.evidence).toMatchObject({ missing: [{ index: 'LiteLLM_SpendLogs_startTime_request_id_idx' }] });
    expect(await aboutNow('indexes')).toBeUndefined();
  });

  it('are built again by the command when one is invalid', async () => {
    const name = 'LiteLLM_SpendLogs_startTime_idx';
    await database.query(`UPDATE pg_index SET indisvalid = false WHERE indexrelid = '"${name}"'::regclass`);
    const broken = await aboutNow('indexes');

    await asLitellm(broken?.commands[0] ?? '');

    expect(broken?.evidence).toMatchObject({ missing: [], invalid: [{ index: name }] });
    expect(await aboutNow('indexes')).toBeUndefined();
  });
});

describe('the statistics of the tables', () => {
  it('show dead rows until the command has vacuumed them', async () => {
    await database.query('ALTER TABLE "LiteLLM_SpendLogs" SET (autovacuum_enabled = off)');
    await database.query(
      `DELETE FROM "LiteLLM_SpendLogs" WHERE "request_id" LIKE '%1' OR "request_id" LIKE '%2' OR "request_id" LIKE '%3' OR "request_id" LIKE '%4'`,
    );
    await expect
      .poll(() => aboutNow('table LiteLLM_SpendLogs'), { timeout: 10_000 })
      .toMatchObject({ evidence: { isBloated: true } });
    const bloated = await aboutNow('table LiteLLM_SpendLogs');

    await asLitellm(bloated?.commands[0] ?? '');

    await expect
      .poll(async () => (await aboutNow('table LiteLLM_SpendLogs'))?.evidence.isBloated, { timeout: 10_000 })
      .toBe(false);
  });

  it('are still read when an ALTER TABLE waits for an open transaction', async () => {
    const sessions = new OpenSessions(database);
    try {
      await sessions.open('BEGIN; SELECT FROM "LiteLLM_SpendLogs" LIMIT 1');
      await sessions.waiting('ALTER TABLE "LiteLLM_SpendLogs" ADD COLUMN later int');

      const { sources } = await snapshotNow();

      expect([sources.tables.status, sources.locks.status]).toEqual(['ok', 'ok']);
      expect(sources.locks).toMatchObject({ value: { waiterCount: 1 } });
    } finally {
      await sessions.close();
    }
  });

  it('show two deadlocks between two audits', async () => {
    const row = (team: number) => `UPDATE "LiteLLM_TeamTable" SET spend = spend + 1 WHERE team_id = 'team-${team}'`;
    const before = previousOf(await snapshotNow());
    for (let deadlock = 0; deadlock < 2; deadlock++) {
      const sessions = new OpenSessions(database);
      const one = await sessions.open(`BEGIN; ${row(1)}`);
      await sessions.open(`BEGIN; ${row(2)}`).then(async (other) => {
        const first = one.client.query(row(2)).catch(() => 'broken off');
        const second = other.client.query(row(1)).catch(() => 'broken off');
        expect(await Promise.race([first, second])).toBeDefined();
        expect(await Promise.all([first, second])).toContain('broken off');
      });
      await sessions.close();
    }

    await expect
      .poll(async () => findingsIn(await snapshotNow(before)).find(({ checkId }) => checkId === 'deadlocks'), {
        timeout: 15_000,
      })
      .toMatchObject({ status: 'warning', evidence: { deadlocks: 2 } });
  }, 60_000);
});
