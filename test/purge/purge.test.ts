import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PLANTED_SECRETS } from '../../sandbox/database/litellm-config.ts';
import { type Bench, hashOf, SIDES, startBench } from './bench.ts';

const PLAIN = '{"num_retries": 3, "redis_password": "redis-hunter2-planted-secret"}';
const POLICY = '{"fallbacks": [{"a": ["b"]}], "num_retries": 3}';

describe.each(SIDES)('in the schema $litellmSchema of two', (side) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench('manual', side);
  });
  afterAll(() => bench.stop());

  async function purge(text: string | null, more: { loseRoutingPolicy?: true } = {}) {
    return bench.ask({ action: 'purge', confirm: hashOf(text), ...more });
  }

  /** The row is there unchanged, or in the backups byte for byte; never gone from both. */
  async function expectKept(text: string | null, where: 'row' | 'backup'): Promise<void> {
    const [row, backups] = [await bench.row(), await bench.backups()];
    expect({ row, backups: backups.map((backup) => backup.text) }).toEqual(
      where === 'row' ? { row: text, backups: [] } : { row: undefined, backups: [text] },
    );
  }

  describe('a dry run', () => {
    it('shows names, sizes, policy, hash and the event to paste, and changes nothing, when there is a row', async () => {
      await bench.start(POLICY);

      const answer = await bench.ask({ action: 'purge' }, {}, bench.settings({ litellmVersion: '1.81.3' }));

      expect(answer).toMatchObject({
        result: 'shown',
        outcome: {
          outcome: 'dry-run',
          hash: hashOf(POLICY),
          schema: side.litellmSchema,
          keys: [
            { name: 'fallbacks', empty: false },
            { name: 'num_retries', empty: false },
          ],
          routingPolicy: ['fallbacks'],
          effect: 'per-request-router',
        },
      });
      expect(answer.advice.map(({ command }) => command)).toContain(
        `{"action":"purge","confirm":"${hashOf(POLICY)}","loseRoutingPolicy":true}`,
      );
      await expectKept(POLICY, 'row');
    });

    it.each([
      ['1.81.3', /builds a Router on each LLM request: a purge ends that at once/],
      ['1.108.13', /LiteLLM 1\.108\.13 builds no Router per request: a purge fixes nothing/],
      [undefined, /Which LiteLLM version runs is not known/],
    ])('says what is gained when the version is %s', async (litellmVersion, sentence) => {
      await bench.start(PLAIN);

      const answer = await bench.ask({ action: 'purge' }, {}, bench.settings({ litellmVersion }));

      expect(answer.notes.join('\n')).toMatch(sentence);
    });

    it('is allowed, and says how to enable the real thing, when purge is disabled', async () => {
      await bench.start(PLAIN);

      const answer = await bench.ask({ action: 'purge' }, { enabled: false });

      expect(answer.result).toBe('shown');
      expect(answer.advice[0]?.text).toMatch(/set "purge" to "manual"/);
    });

    it('says that there is nothing to purge when there is no row', async () => {
      await bench.start(undefined);

      expect(await bench.ask({ action: 'purge' })).toMatchObject({
        result: 'nothing-to-do',
        outcome: { outcome: 'absent' },
      });
    });
  });

  describe('a purge', () => {
    it.each([
      ['settings', PLAIN],
      ['JSON null', 'null'],
      ['SQL NULL', null],
      ['a JSON string', '"num_retries: 3"'],
      ['an empty object', '{}'],
      ['a list', '[1.10, "a"]'],
    ])('moves the row into a backup byte for byte when it holds %s', async (_name, text) => {
      await bench.start(text);

      const answer = await purge(text);

      expect(answer).toMatchObject({ result: 'done', outcome: { outcome: 'purged', backup: 1 } });
      await expectKept(text, 'backup');
    });

    it('keeps 5 MB when the row has so many', async () => {
      const text = `{"big": "${'ä✓"'.replace('"', '\\"').repeat(900_000)}"}`;
      await bench.start(text);
      const [hash, length] = [hashOf(text), text.length];

      const answer = await bench.ask({ action: 'purge', confirm: hash });

      expect(answer.result).toBe('done');
      const [kept] = await bench.backups();
      expect([kept?.text?.length, hashOf(kept?.text ?? '')]).toEqual([length, hash]);
    });

    it('shows how to undo it, and the event does undo it, when it is done', async () => {
      await bench.start(PLAIN);

      const { advice } = await purge(PLAIN);

      expect(advice[0]?.command).toBe('{"action":"restore","backup":1}');
      await bench.ask({ action: 'restore', backup: 1 });
      expect(await bench.row()).toBe(PLAIN);
    });

    it('does nothing when the hash is of another row', async () => {
      await bench.start(PLAIN);

      const answer = await purge('{}');

      expect(answer).toMatchObject({ result: 'refused', outcome: { outcome: 'changed', hash: hashOf(PLAIN) } });
      await expectKept(PLAIN, 'row');
    });

    it('does nothing when the row has changed since it was seen', async () => {
      await bench.start(PLAIN);
      const seen = await bench.ask({ action: 'purge' });
      await bench.write(POLICY);

      if (seen.action !== 'purge' || seen.outcome.outcome !== 'dry-run' || seen.outcome.hash === null)
        throw new Error('It was not seen.');
      const answer = await bench.ask({ action: 'purge', confirm: seen.outcome.hash });

      expect(answer).toMatchObject({ result: 'refused', outcome: { outcome: 'changed' } });
      await expectKept(POLICY, 'row');
    });

    it('does nothing when there is no row and never was', async () => {
      await bench.start(undefined);

      expect(await purge(PLAIN)).toMatchObject({ result: 'nothing-to-do', outcome: { outcome: 'absent' } });
      expect(await bench.backups()).toEqual([]);
    });

    it('keeps routing policy until the request allows to lose it when the row holds some', async () => {
      await bench.start(POLICY);

      expect(await purge(POLICY)).toMatchObject({
        result: 'refused',
        outcome: { outcome: 'routing-policy', keys: ['fallbacks'] },
      });
      await expectKept(POLICY, 'row');

      expect(await purge(POLICY, { loseRoutingPolicy: true })).toMatchObject({ result: 'done' });
      await expectKept(POLICY, 'backup');
    });

    it('requires no permission to lose it when the routing policy is empty', async () => {
      const text = '{"fallbacks": [], "model_group_alias": {}}';
      await bench.start(text);

      expect(await purge(text)).toMatchObject({ result: 'done' });
    });

    it('is done once when it is asked twice', async () => {
      await bench.start(PLAIN);

      const answers = [await purge(PLAIN), await purge(PLAIN)];

      expect(answers.map(({ outcome }) => outcome)).toMatchObject([
        { outcome: 'purged', backup: 1 },
        { outcome: 'already-purged', backup: 1, sameRequest: false },
      ]);
      await expectKept(PLAIN, 'backup');
    });

    it('is done once when ten ask at once', async () => {
      await bench.start(PLAIN);

      const answers = await Promise.all(Array.from({ length: 10 }, () => purge(PLAIN)));

      expect(answers.map(({ result }) => result).sort()).toEqual(['done', ...Array(9).fill('nothing-to-do')]);
      await expectKept(PLAIN, 'backup');
    });

    it('leaves a row that has come back alone when the same event is delivered again', async () => {
      const event = { requester: { requestedBy: 'a test', requestId: 'delivered twice' } };
      await bench.start(PLAIN);
      await bench.ask({ action: 'purge', confirm: hashOf(PLAIN) }, event);
      await bench.write(PLAIN);

      const again = await bench.ask({ action: 'purge', confirm: hashOf(PLAIN) }, event);

      expect(again).toMatchObject({
        result: 'nothing-to-do',
        outcome: { outcome: 'already-purged', sameRequest: true },
      });
      expect([await bench.row(), (await bench.backups()).length]).toEqual([PLAIN, 1]);
    });

    it('removes a row that has come back when somebody asks anew', async () => {
      await bench.start(PLAIN);
      await purge(PLAIN);
      await bench.write(PLAIN);

      expect(await purge(PLAIN)).toMatchObject({ result: 'done', outcome: { backup: 2 } });
    });

    it('is refused when it is disabled', async () => {
      await bench.start(PLAIN);

      const answer = await bench.ask({ action: 'purge', confirm: hashOf(PLAIN) }, { enabled: false });

      expect(answer).toMatchObject({ result: 'refused', outcome: { outcome: 'disabled' } });
      expect(answer.advice[0]?.command).toBe('npm run --silent database-setup');
      await expectKept(PLAIN, 'row');
    });

    it('stops when the row was purged a hundred times in a day', async () => {
      await bench.start(PLAIN);
      await bench.query(`
      INSERT INTO router_settings_backup
        (taken_at, action, mode, requested_by, request_id, row_hash, key_names, other_columns)
      SELECT now(), 'purge', 'manual', '', '', '', '{}', '{}' FROM generate_series(1, 100)`);

      const answer = await purge(PLAIN);

      expect(answer).toMatchObject({ result: 'failed', outcome: { failure: { code: '54000' } } });
      expect(await bench.row()).toBe(PLAIN);
    });

    it('says nothing of a value, whatever the answer is', async () => {
      await bench.start(PLAIN);

      const answers = [
        await bench.ask({ action: 'purge' }),
        await purge('{}'),
        await purge(PLAIN),
        await bench.ask({ action: 'backups' }),
        await bench.ask({ action: 'restore', backup: 1 }),
      ];

      expect(PLANTED_SECRETS.some((secret) => PLAIN.includes(secret))).toBe(true);
      for (const secret of PLANTED_SECRETS) expect(JSON.stringify(answers)).not.toContain(secret);
    });
  });
});
