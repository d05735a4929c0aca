import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBudget } from '../../lambda/core/deadline.ts';
import { purgeCall, restoreCall } from '../../lambda/purge/calls.ts';
import { connect } from '../../lambda/snapshot/postgres/connect.ts';
import { type Bench, hashOf, SIDES, startBench } from './bench.ts';

const OLD = '{"num_retries": 3}';
const NEW = '{"num_retries": 5}';

describe.each(SIDES)('in the schema $litellmSchema of two', (side) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench('manual', side);
  });
  afterAll(() => bench.stop());

  /** Backup 1 holds the old row. */
  async function purged(old: string | null = OLD): Promise<void> {
    await bench.start(old);
    await bench.ask({ action: 'purge', confirm: hashOf(old), loseRoutingPolicy: true });
  }

  async function texts(): Promise<readonly (string | null)[]> {
    return (await bench.backups()).map(({ text }) => text);
  }

  describe('a restore', () => {
    it('restores the row, and keeps the backup, when there is no row', async () => {
      await purged();

      const answer = await bench.ask({ action: 'restore', backup: 1 });

      expect(answer).toMatchObject({ result: 'done', outcome: { outcome: 'restored', replaced: null } });
      expect([await bench.row(), await texts()]).toEqual([OLD, [OLD]]);
    });

    it('distinguishes SQL NULL from JSON null when it restores them', async () => {
      await purged(null);
      await bench.ask({ action: 'restore', backup: 1 });
      const sqlNull = await bench.row();
      await purged('null');
      await bench.ask({ action: 'restore', backup: 1 });

      expect([sqlNull, await bench.row()]).toEqual([null, 'null']);
    });

    it('leaves a newer row alone when the request does not name it', async () => {
      await purged();
      await bench.write(NEW);

      const answer = await bench.ask({ action: 'restore', backup: 1 });

      expect(answer).toMatchObject({ result: 'refused', outcome: { outcome: 'row-exists', hash: hashOf(NEW) } });
      expect(answer.advice.map(({ command }) => command)).toContain(
        `{"action":"restore","backup":1,"replace":"${hashOf(NEW)}"}`,
      );
      expect([await bench.row(), await texts()]).toEqual([NEW, [OLD]]);
    });

    it('keeps the newer row as a backup of its own when the request names it', async () => {
      await purged();
      await bench.write(NEW);

      const answer = await bench.ask({ action: 'restore', backup: 1, replace: hashOf(NEW) });

      expect(answer).toMatchObject({ result: 'done', outcome: { outcome: 'restored', replaced: 2 } });
      expect([await bench.row(), await texts()]).toEqual([OLD, [OLD, NEW]]);
    });

    it('shows how to undo the replacement, and the event does undo it', async () => {
      await purged();
      await bench.write(NEW);
      const { advice } = await bench.ask({ action: 'restore', backup: 1, replace: hashOf(NEW) });

      expect(advice[0]?.command).toBe(`{"action":"restore","backup":2,"replace":"${hashOf(OLD)}"}`);
      await bench.ask({ action: 'restore', backup: 2, replace: hashOf(OLD) });
      expect(await bench.row()).toBe(NEW);
    });

    it.each([
      ['has changed since', '{"num_retries": 7}'],
      ['is gone', undefined],
    ])('does nothing when the row that the request names %s', async (_name, row) => {
      await purged();
      await bench.write(row);

      const answer = await bench.ask({ action: 'restore', backup: 1, replace: hashOf(NEW) });

      const hash = row === undefined ? null : hashOf(row);
      expect(answer).toMatchObject({ result: 'refused', outcome: { outcome: 'changed', hash } });
      expect([await bench.row(), await texts()]).toEqual([row, [OLD]]);
    });

    it('is done once when it is asked twice', async () => {
      await purged();

      const answers = [
        await bench.ask({ action: 'restore', backup: 1 }),
        await bench.ask({ action: 'restore', backup: 1 }),
      ];

      expect(answers.map(({ result }) => result)).toEqual(['done', 'nothing-to-do']);
      expect([await bench.row(), await texts()]).toEqual([OLD, [OLD]]);
    });

    it('leaves what was written since alone when the same event is delivered again', async () => {
      const event = { requester: { requestedBy: 'a test', requestId: 'delivered twice' } };
      await purged();
      await bench.ask({ action: 'restore', backup: 1 }, event);
      await bench.write(undefined);

      const again = await bench.ask({ action: 'restore', backup: 1 }, event);

      expect(again).toMatchObject({ outcome: { outcome: 'already-restored', sameRequest: true } });
      expect(await bench.row()).toBeUndefined();
    });

    it('leaves the row of somebody alone who is writing it at the same moment', async () => {
      await purged();
      const commit = await bench.begin(`INSERT INTO "LiteLLM_Config" VALUES ('router_settings', '${NEW}')`);
      const asked = bench.ask({ action: 'restore', backup: 1 });
      await bench.untilItWaits();
      await commit();

      expect(await asked).toMatchObject({ result: 'refused', outcome: { outcome: 'row-exists', hash: hashOf(NEW) } });
      expect([await bench.row(), await texts()]).toEqual([NEW, [OLD]]);
    });

    it('does nothing when there is no such backup', async () => {
      await purged();

      expect(await bench.ask({ action: 'restore', backup: 99 })).toMatchObject({
        result: 'refused',
        outcome: { outcome: 'no-backup' },
      });
    });

    it('undoes everything when a trigger changes what is written', async () => {
      await purged();
      await bench.write(NEW);
      await bench.query(`
      CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.param_value := '{}'; RETURN NEW; END $$`);
      await bench.query(
        'CREATE TRIGGER meddle BEFORE INSERT ON "LiteLLM_Config" FOR EACH ROW EXECUTE FUNCTION meddle()',
      );
      try {
        const answer = await bench.ask({ action: 'restore', backup: 1, replace: hashOf(NEW) });

        expect(answer).toMatchObject({ result: 'failed', outcome: { failure: { code: 'P0001' } } });
        expect([await bench.row(), await texts()]).toEqual([NEW, [OLD]]);
      } finally {
        await bench.query('DROP FUNCTION meddle CASCADE');
      }
    });

    it('gives back any JSON unchanged when it was purged', async () => {
      const requester = { requestedBy: 'a test', requestId: '' };
      const connection = await connect(bench.settings().target, bench.settings(), startBudget(60_000), 'write');
      await fc.assert(
        fc.asyncProperty(fc.json({ maxDepth: 4 }).filter(isStorable), async (written) => {
          await bench.start(written);
          const before = (await bench.row()) ?? null;

          await purgeCall(
            { hash: hashOf(before), loseRoutingPolicy: true, mode: 'manual', ...requester },
            bench.settings(),
          ).send(connection);
          const between = await bench.row();
          await restoreCall({ backup: 1, replaces: null, ...requester }, bench.settings()).send(connection);

          expect([between, await bench.row()]).toEqual([undefined, before]);
        }),
      );
      await connection.close();
    });
  });

  /** jsonb holds no lone surrogates and no NUL. */
  function isStorable(text: string): boolean {
    return !/\\u(0000|d[89a-f][0-9a-f]{2})/i.test(text) && text.isWellFormed();
  }

  describe('the list of backups', () => {
    it('shows number, time, names and who asked, newest first, when there are some', async () => {
      await purged();
      await bench.write(NEW);
      await bench.ask({ action: 'restore', backup: 1, replace: hashOf(NEW) });

      const answer = await bench.ask({ action: 'backups' });

      expect(answer).toMatchObject({
        result: 'shown',
        outcome: {
          total: 2,
          backups: [
            {
              backup: 2,
              action: 'restore',
              mode: 'manual',
              hash: hashOf(NEW),
              keys: ['num_retries'],
              restoredAt: null,
            },
            { backup: 1, action: 'purge', requestedBy: 'a test', restoredAt: expect.any(String) },
          ],
        },
      });
    });

    it('says so when there are none', async () => {
      await bench.start(OLD);

      expect((await bench.ask({ action: 'backups' })).summary).toMatch(/no backups/);
    });
  });
});
