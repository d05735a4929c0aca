import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { settingsForSaved } from '../../cli/saved.ts';
import { tuningSchema } from '../../lambda/settings/tuning.ts';
import { collectSnapshot } from '../../lambda/snapshot/collect/collect.ts';
import { parseSnapshot, SavedSnapshotError, snapshotText } from '../../lambda/snapshot/saved.ts';
import { startProxy } from '../../sandbox/proxy.ts';
import { startDatabase } from '../shared-database.ts';
import { evaluate, failed, globalRow, healthySnapshot, litellm, routerSettings, seen, server } from '../snapshots.ts';
import { credentialVariables, iamTarget, settingsFor } from '../target.ts';
import { anySnapshot } from './any-snapshot.ts';

afterEach(() => vi.unstubAllEnvs());

const HEALTHY_TEXT = snapshotText(healthySnapshot());

/** A field of the JSON that a text is, wherever it lies, and with another value. */
function withField(text: string, path: readonly string[], value: unknown): string {
  const set = (node: unknown, [name, ...rest]: readonly string[]): unknown =>
    name === undefined ? value : { ...Object(node), [name]: set(Object(node)[name], rest) };
  return JSON.stringify(set(JSON.parse(text), path));
}

describe('a saved snapshot', () => {
  it('is the same again when it is of anything that can be seen', () => {
    fc.assert(
      fc.property(anySnapshot, (snapshot) => {
        expect(parseSnapshot(snapshotText(snapshot))).toEqual(snapshot);
      }),
    );
  });

  it('has the same findings again when sources are missing', () => {
    const snapshot = healthySnapshot({
      configuredVersion: null,
      sources: { rds: failed('permission-denied', { remediation: { text: 'Allow rds:DescribeDBInstances.' } }) },
    });

    const again = parseSnapshot(snapshotText(snapshot));

    const settings = settingsForSaved(again, tuningSchema.parse({}));
    expect(evaluate(again, settings)).toEqual(evaluate(snapshot, settings));
  });

  it('holds no secret, and is read again whole, when it is of a real database', async () => {
    const database = await startDatabase({ litellm: { hostileNames: true } });
    const proxy = await startProxy({ pods: [{ version: '1.108.13' }] });
    try {
      for (const [name, value] of Object.entries(credentialVariables(database))) vi.stubEnv(name, value);
      await database.query(`
        UPDATE "LiteLLM_SpendLogs" SET proxy_server_request = jsonb_build_object('user_config', 'sk-in-a-request-' || request_id),
               messages = jsonb_build_array('a prompt of ' || request_id)`);
      const settings = { ...settingsFor(iamTarget(database)), proxy: { url: proxy.url } };
      const snapshot = await collectSnapshot(settings, 20_000);

      const text = snapshotText(snapshot);

      const secrets = await database.query(`
        SELECT value #>> '{}' AS secret FROM "LiteLLM_Config", jsonb_each(param_value) WHERE jsonb_typeof(value) = 'string'
        UNION SELECT token FROM "LiteLLM_VerificationToken"
        UNION SELECT proxy_server_request ->> 'user_config' FROM "LiteLLM_SpendLogs"
        UNION SELECT messages ->> 0 FROM "LiteLLM_SpendLogs"`);
      expect(secrets.length).toBeGreaterThan(3000);
      expect(
        secrets.filter(({ secret }) => typeof secret === 'string' && secret.length > 5 && text.includes(secret)),
      ).toEqual([]);
      for (const secret of [database.password, ...Object.values(credentialVariables(database))]) {
        expect(text).not.toContain(secret);
      }
      expect(text).not.toContain('X-Amz-Signature');
      expect(parseSnapshot(text)).toEqual(snapshot);
    } finally {
      await proxy.stop();
      await database.stop();
    }
  });

  it.each<readonly [string, string, string | RegExp]>([
    ['no JSON', '{', 'It is not JSON.'],
    ['another form', '{}', /at schemaVersion, /],
    ['a later form', withField(HEALTHY_TEXT, ['schemaVersion'], 3), /at schemaVersion, /],
    ['without sources', withField(HEALTHY_TEXT, ['sources'], null), /at sources, /],
    [
      'a wrong field',
      withField(HEALTHY_TEXT, ['sources', 'server', 'value', 'maxConnections'], 'sk-secret'),
      /at sources\.server\.value\.maxConnections, /,
    ],
  ])('is refused, without what was found, when it is %s', (_what, text, sentence) => {
    const parse = () => parseSnapshot(text);

    expect(parse).toThrow(SavedSnapshotError);
    expect(parse).toThrow(sentence);
    expect(parse).not.toThrow('sk-secret');
  });

  it('is read or refused, and nothing else, whatever the text is', () => {
    const whole = JSON.parse(HEALTHY_TEXT);
    const broken = fc
      .tuple(fc.constantFrom(1, 2), fc.constantFrom(...Object.keys(whole.sources)), fc.jsonValue())
      .map(([schemaVersion, name, value]) =>
        JSON.stringify({ ...whole, schemaVersion, sources: { ...whole.sources, [name]: value } }),
      );
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), broken), (text) => {
        try {
          parseSnapshot(text);
        } catch (error) {
          expect(error).toBeInstanceOf(SavedSnapshotError);
        }
      }),
    );
  });

  it.each([
    ['the snapshot', ['password']],
    ['its sources', ['sources', 'later']],
    ['a source', ['sources', 'server', 'value', 'password']],
    ['its tuning', ['tuning', 'later']],
  ])('is read without what a later release put into %s', (_where, path) => {
    const snapshot = healthySnapshot({ tuning: tuningSchema.parse({ poolLimit: 25 }) });

    expect(parseSnapshot(withField(snapshotText(snapshot), path, { secret: 'sk-secret' }))).toEqual(snapshot);
  });

  it('has not seen a source that did not exist when it was saved', () => {
    const { locks: _, ...older } = healthySnapshot().sources;

    const { sources } = parseSnapshot(withField(HEALTHY_TEXT, ['sources'], older));

    expect(sources).toEqual({ ...older, locks: expect.objectContaining({ status: 'skipped' }) });
  });

  it('has the default of a setting that did not exist when it was saved', () => {
    const { growthWindowHours: _, ...older } = tuningSchema.parse({ growthWindowHours: 24, poolLimit: 25 });

    const { tuning } = parseSnapshot(withField(HEALTHY_TEXT, ['tuning'], older));

    expect(tuning).toEqual(tuningSchema.parse({ poolLimit: 25 }));
  });
});

describe('a snapshot of release 0.1.0', () => {
  const { previous: _previous, ...SOURCES } = healthySnapshot().sources;
  const old = (sources: object) => {
    const { tuning: _tuning, ...rest } = healthySnapshot();
    return JSON.stringify({ ...rest, schemaVersion: 1, sources: { ...SOURCES, ...sources } });
  };

  it('is read without tuning and without an earlier audit', () => {
    const { tuning, sources, schemaVersion } = parseSnapshot(old({}));

    expect(schemaVersion).toBe(2);
    expect(tuning).toBeNull();
    expect(sources).toEqual({ ...healthySnapshot().sources, previous: expect.objectContaining({ status: 'skipped' }) });
  });

  it.each([
    ['two readings', { state: 'seen', seconds: 5, configScans: 580, spendLogRows: 500, reset: false }],
    ['none, for a reason', { state: 'not-measured', reason: 'No router_settings are there.' }],
  ])('has no reading of activity when it has %s', (_what, activity) => {
    const { workers, migrations, userConfig } = litellm();

    const { sources } = parseSnapshot(old({ litellm: seen({ workers, migrations, userConfig, activity }) }));

    expect(sources.litellm).toEqual(seen(litellm({ activity: { state: 'not-seen' } })));
  });

  it('has not seen what the role can do beyond its task, nor what the setup script installed', () => {
    const { setup: _setup, role: now, ...rest } = server();
    const { isMarked: _mark, excess: _excess, excessCount: _count, ...others } = now;

    const { sources } = parseSnapshot(old({ server: seen({ ...rest, role: { ...others, powers: ['superuser'] } }) }));

    expect(sources.server).toMatchObject({ value: { setup: null, role: { excess: null, isMarked: false } } });
  });

  it('loses the hash of the global row, from which a short value could be guessed', () => {
    const { sources } = parseSnapshot(old({ 'router-settings': seen(routerSettings({ global: globalRow() })) }));

    expect(sources['router-settings']).toMatchObject({ value: { global: { state: 'present', hash: null } } });
  });

  it.each([
    ['GRANT SELECT ON t TO r;', { text: 'Run this, then audit again:', command: 'GRANT SELECT ON t TO r;' }],
    ['npm run database-setup', { text: 'Run this, then audit again:', command: 'npm run database-setup' }],
    ['Allow rds:DescribeDBInstances.', { text: 'Allow rds:DescribeDBInstances.' }],
  ])('has what was missing as a step when it was %s', (missing, remediation) => {
    const { sources } = parseSnapshot(
      old({
        rds: { status: 'failed', durationMs: 34, failure: { kind: 'permission-denied', message: 'Denied.', missing } },
        litellm: seen({ ...litellm(), userConfig: { state: 'hidden', missing } }),
      }),
    );

    expect(sources.rds).toMatchObject({ failure: { remediation } });
    expect(sources.litellm).toMatchObject({ value: { userConfig: { state: 'hidden', remediation } } });
  });
});
