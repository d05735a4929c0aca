import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadSnapshot, saveSnapshot, settingsForSaved } from '../../cli/saved.ts';
import { UsageError } from '../../cli/target.ts';
import { judge } from '../../lambda/report/build.ts';
import { tuningSchema } from '../../lambda/settings/tuning.ts';
import { collectSnapshot } from '../../lambda/snapshot/collect.ts';
import { parseSnapshot, SavedSnapshotError, snapshotText } from '../../lambda/snapshot/saved.ts';
import { startProxy } from '../../sandbox/proxy.ts';
import { startDatabase } from '../shared-database.ts';
import { failed, healthySnapshot, rds, seen } from '../snapshots.ts';
import { credentialVariables, iamTarget, settingsFor } from '../target.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saved-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

describe('a saved snapshot', () => {
  it.each([
    ['all is seen', healthySnapshot()],
    [
      'sources are missing',
      healthySnapshot({
        configuredVersion: null,
        sources: {
          connection: failed('slots-exhausted', { code: '53300' }),
          rds: failed('permission-denied', { missing: 'Allow rds:DescribeDBInstances.' }),
          server: { status: 'skipped', durationMs: 0, reason: 'There is no connection.' },
          proxy: { status: 'skipped', durationMs: 0, reason: 'Not configured.', configure: 'proxy' },
        },
      }),
    ],
  ])('is the same again, with the same findings, when %s', (_when, snapshot) => {
    const again = parseSnapshot(snapshotText(snapshot));

    const settings = settingsForSaved(again, tuningSchema.parse({}));
    expect(again).toEqual(snapshot);
    expect(judge(again, settings, 0)).toEqual(judge(snapshot, settings, 0));
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
      const snapshot = await collectSnapshot({ ...settings, activitySeconds: 1 }, 20_000);

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

  it.each([
    ['no JSON', '{', 'It is not JSON.'],
    ['another form', '{}', /^It is no saved snapshot of this version: at schemaVersion, /],
    [
      'a later form',
      snapshotText(healthySnapshot()).replace('"schemaVersion": 1', '"schemaVersion": 2'),
      /schemaVersion/,
    ],
    [
      'a wrong field',
      snapshotText(healthySnapshot()).replace('"maxConnections": 60', '"maxConnections": "sk-secret"'),
      /at sources\.server\.value\.maxConnections, /,
    ],
  ])('is refused, without what was found, when it is %s', (_what, text, sentence) => {
    const parse = () => parseSnapshot(text);

    expect(parse).toThrow(SavedSnapshotError);
    expect(parse).toThrow(sentence);
    expect(parse).not.toThrow('sk-secret');
  });

  it('is read or refused, and nothing else, whatever the text is', () => {
    const whole = JSON.parse(snapshotText(healthySnapshot()));
    const broken = fc
      .tuple(fc.constantFrom(...Object.keys(whole.sources)), fc.jsonValue())
      .map(([name, value]) => JSON.stringify({ ...whole, sources: { ...whole.sources, [name]: value } }));
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), broken), (text) => {
        expect(() => parseSnapshot(text)).toThrow(SavedSnapshotError);
      }),
    );
  });

  it('leaves out fields that are not known', () => {
    const snapshot = healthySnapshot();
    const text = snapshotText(snapshot).replace('"database": "prod"', '"database": "prod", "password": "secret"');

    expect(parseSnapshot(text)).toEqual(snapshot);
  });
});

describe('the file of a snapshot', () => {
  it("is the owner's alone, and gives the snapshot again", async () => {
    const file = join(folder, 'seen.json');
    const snapshot = healthySnapshot();

    await saveSnapshot(file, snapshot);

    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toBe(snapshotText(snapshot));
    expect(await loadSnapshot(file)).toEqual(snapshot);
  });

  it('is told by name and reason when it cannot be written, read or understood', async () => {
    const other = join(folder, 'other.json');
    await writeFile(other, '[]');

    await expect(saveSnapshot(folder, healthySnapshot())).rejects.toThrow(
      /^--save-snapshot: .* cannot be written \(EISDIR\)/,
    );
    await expect(loadSnapshot(join(folder, 'none'))).rejects.toThrow(/^--snapshot: .* cannot be read \(ENOENT\)/);
    await expect(loadSnapshot(other)).rejects.toThrow(UsageError);
  });
});

describe('the settings for a saved snapshot', () => {
  it('are of the place that was seen', () => {
    const { target } = settingsForSaved(healthySnapshot({ sources: { rds: seen(rds()) } }), tuningSchema.parse({}));

    expect(target).toMatchObject({
      label: 'prod',
      host: 'prod.c1a2b3.eu-central-1.rds.amazonaws.com',
      user: 'litellm_auditor',
      databaseName: 'litellm',
      login: { kind: 'iam' },
      tls: { mode: 'verify' },
      rds: { kind: 'instance', identifier: 'prod' },
    });
  });

  it('have capitals to fill in when there was no connection', () => {
    const snapshot = healthySnapshot({ sources: { connection: failed('timeout'), rds: failed('timeout') } });

    const { target } = settingsForSaved(snapshot, tuningSchema.parse({}));

    expect(target).toMatchObject({ label: 'prod', host: 'HOST', user: 'USER', rds: undefined });
  });
});
