import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseCommand } from '../../cli/options.ts';
import { loadSnapshot, saveSnapshot, settingsForSaved, withTuning } from '../../cli/saved.ts';
import { UsageError } from '../../cli/usage-error.ts';
import { type Tuning, tuningSchema } from '../../lambda/settings/tuning.ts';
import { collectSnapshot } from '../../lambda/snapshot/collect/collect.ts';
import { parseSnapshot, snapshotText } from '../../lambda/snapshot/saved.ts';
import type { Snapshot } from '../../lambda/snapshot/snapshot.ts';
import { failed, findingsOf, healthySnapshot, rds, seen, settingsFor } from '../snapshots.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saved-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

describe('the tuning of a saved snapshot', () => {
  const TIGHT = tuningSchema.parse({ headroomWarningPercent: 30, poolLimit: 7, litellmVersion: '1.81.3' });
  const tight = healthySnapshot({ tuning: TIGHT, configuredVersion: '1.81.3' });

  /** As `audit --snapshot FILE` with these arguments reads it. */
  async function audited(snapshot: Snapshot, ...args: readonly string[]) {
    const file = join(folder, 'tuned.json');
    await saveSnapshot(file, snapshot);
    const command = parseCommand(['--snapshot', file, ...args], {});
    if (command.kind !== 'saved') throw new Error('It is not of a saved snapshot.');
    const saved = await loadSnapshot(command.file);
    const tuning = command.tuning(saved.tuning);
    const again = withTuning(saved, tuning);
    return { tuning, settings: settingsForSaved(again, tuning), snapshot: again };
  }

  it('is that of the audit when no flag says otherwise', async () => {
    const { tuning, snapshot, settings } = await audited(tight);

    expect(tuning).toEqual(TIGHT);
    expect(findingsOf('connection-headroom', snapshot, settings)[0]?.status).toBe('warning');
  });

  it('gives way to --set, and stays where --set says nothing', async () => {
    const { tuning, snapshot, settings } = await audited(tight, '--set', 'headroomWarningPercent=80');

    expect(tuning).toEqual({ ...TIGHT, headroomWarningPercent: 80 });
    expect(findingsOf('connection-headroom', snapshot, settings)[0]?.status).toBe('ok');
  });

  it('gives way to the version of --set', async () => {
    const { snapshot, settings } = await audited(tight, '--set', 'litellmVersion=1.90.0');

    expect(findingsOf('litellm-version', snapshot, settings)[0]?.evidence.version).toBe('1.90.0');
  });

  it('is the default, with --set over it, when release 0.1.0 saved none', async () => {
    const { tuning, snapshot } = await audited(healthySnapshot(), '--set', 'poolLimit=25');

    expect(tuning).toEqual(tuningSchema.parse({ poolLimit: 25 }));
    expect(snapshot.configuredVersion).toBe(healthySnapshot().configuredVersion);
  });

  it('holds the limits of the audit, and neither target, login, proxy nor ARN, when all of them are configured', async () => {
    const region = 'eu-central-1';
    const closed = 'http://127.0.0.1:9';
    const limits: Partial<Tuning> = { poolLimit: 25, connectTimeoutMs: 500, awsTimeoutMs: 500, proxyTimeoutMs: 500 };
    vi.stubEnv('AWS_ENDPOINT_URL', closed);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDPLANTED');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'planted-secret-key');
    const secrets = {
      label: 'prod',
      host: 'localhost',
      port: 9,
      databaseName: 'database-planted',
      user: 'user-planted',
      login: { kind: 'password' as const, password: 'password-planted' },
      tls: { mode: 'verify' as const, caFile: join(folder, 'ca-planted.pem') },
      rds: { kind: 'instance' as const, identifier: 'identifier-planted', region },
    };
    const settings = {
      ...settingsFor({ ...limits, target: secrets }),
      topicArn: `arn:aws:sns:${region}:123456789012:topic-planted`,
      proxy: {
        url: `${closed}/path-planted`,
        keySecretArn: `arn:aws:secretsmanager:${region}:123456789012:secret:planted`,
      },
    };
    await writeFile(secrets.tls.caFile, '');

    const snapshot = await collectSnapshot(settings, 20_000);

    const text = snapshotText(snapshot);
    expect(snapshot.tuning).toEqual(tuningSchema.parse(limits));
    expect(text).not.toMatch(/planted|arn:|123456789012|AKID/);
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

  it('is named with the reason when it cannot be written, read or understood', async () => {
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
