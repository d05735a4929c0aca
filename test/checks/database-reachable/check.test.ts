import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../lambda/snapshot/failure.ts';
import type { CloudWatchSource, ConnectionPhase, FailureKind, Sources } from '../../../lambda/snapshot/snapshot.ts';
import {
  cloudwatch,
  failed,
  findingsOf,
  healthySnapshot,
  proxy,
  rds,
  rdsInstance,
  seen,
  settingsFor,
  skipped,
  textOf,
} from '../../snapshots.ts';

const ID = 'database-reachable';

type Failure = NonNullable<CloudWatchSource['iam']>['failures'][number];
type Side = 'database' | 'auditor' | 'unclear';

/** Neither RDS nor CloudWatch shows whether the database serves others. */
const NOTHING_ELSE_SEEN = { rds: skipped('No RDS instance is configured.'), cloudwatch: failed('timeout') };

/** Each kind of failure, what its first steps have to hold, and whom it keeps out. */
const KINDS: readonly (readonly [kind: FailureKind, summary: RegExp, advice: RegExp, side: Side])[] = [
  ['slots-exhausted', /^PostgreSQL is full: it refused .*amazonaws.com:5432\.$/, /pg_stat_activity/, 'database'],
  ['role-limit', /CONNECTION LIMIT of the role litellm_auditor is reached/, /rolconnlimit/, 'auditor'],
  ['database-limit', /CONNECTION LIMIT of the database litellm is reached/, /datconnlimit/, 'database'],
  ['iam-refused', /refused the IAM token of litellm_auditor/, /database-setup/, 'auditor'],
  ['password-refused', /none was given/, /rds_iam/, 'auditor'],
  ['login-refused', /does not let litellm_auditor log in/, /rolcanlogin/, 'auditor'],
  ['login-unsupported', /kind of authentication/, /scram-sha-256/, 'auditor'],
  ['pooler-refused', /pooler or proxy/, /own endpoint/, 'unclear'],
  ['tls-version', /no TLS version of 1.2/, /openssl s_client/, 'auditor'],
  ['tls-failed', /No TLS session|no TLS session/, /openssl s_client/, 'auditor'],
  ['client-certificate', /demands a client certificate/, /TLS proxy/, 'auditor'],
  ['ca-file', /CA file cannot be used/, /global-bundle.pem/, 'auditor'],
  ['disk-full', /disk of the server is full/, /storage/, 'database'],
  ['server-error', /error of its own/, /aws rds describe-events/, 'database'],
  ['protocol-violation', /not the protocol of PostgreSQL/, /not another service/, 'unclear'],
  ['tls-untrusted', /certificate .* is not trusted/, /--ca-file/, 'auditor'],
  ['tls-unavailable', /does not offer TLS/, /host and port/, 'auditor'],
  ['database-missing', /has no database litellm\./, /SELECT datname FROM pg_database/, 'auditor'],
  ['name-unresolved', /could not be resolved/, /getent hosts/, 'unclear'],
  ['unreachable', /refused, or no route/, /nc -vz/, 'unclear'],
  ['timeout', /no answer in time/, /security group/, 'unclear'],
  ['connection-lost', /closed before the audit was done/, /aws rds describe-events/, 'database'],
  ['starting-up', /starting up or shutting down/, /aws rds describe-events/, 'database'],
  ['no-credentials', /no valid AWS credentials/, /aws sts get-caller-identity/, 'auditor'],
  ['permission-denied', /does not let litellm_auditor use/, /GRANT CONNECT ON DATABASE "litellm"/, 'auditor'],
  ['not-found', /does not know/, /psql/, 'unclear'],
  ['throttled', /does not know/, /psql/, 'unclear'],
  ['unexpected-answer', /expected form/, /not another service/, 'unclear'],
  ['locked', /does not know/, /psql/, 'unclear'],
  ['row-security', /does not know/, /psql/, 'unclear'],
  ['unexpected-columns', /does not know/, /psql/, 'unclear'],
  ['other', /does not know/, /psql/, 'unclear'],
];

/** Twenty connections that fell at the last three readings. */
function fallingTo(level: number) {
  const { periodSeconds, points } = cloudwatch().connections;
  return {
    periodSeconds,
    points: points.map((point, index) => (index < points.length - 3 ? point : { ...point, value: level })),
  };
}

describe(ID, () => {
  it('is ok with the time it took when connected', () => {
    const findings = findingsOf(ID, healthySnapshot());

    expect(findings).toMatchObject([
      {
        kind: 'incident',
        status: 'ok',
        subject: 'database prod',
        summary: expect.stringContaining('12 ms as litellm_auditor'),
      },
    ]);
  });

  it.each(KINDS)('names its own steps when it failed by %s', (kind, summary, advice) => {
    const { message } = failureOf(kind);
    const findings = findingsOf(ID, healthySnapshot({ sources: { connection: failed(kind, { message }) } }));

    expect(findings).toMatchObject([{ kind: 'incident', evidence: { cause: kind, waitedMs: 34, port: 5432 } }]);
    expect(findings[0]?.summary).toMatch(summary);
    expect(textOf(findings).replaceAll('\\"', '"')).toMatch(advice);
  });

  it.each(KINDS)(
    'is critical unless only the auditor is kept out, when it failed by %s',
    (kind, _summary, _advice, side) => {
      const snapshot = healthySnapshot({ sources: { connection: failed(kind), ...NOTHING_ELSE_SEEN } });

      const findings = findingsOf(ID, snapshot);

      expect(findings).toMatchObject([{ status: side === 'auditor' ? 'unknown' : 'critical', evidence: { side } }]);
    },
  );

  it.each(KINDS.filter(([, , , side]) => side === 'unclear'))(
    "is unknown, and the auditor's own trouble, when it failed by %s while the database serves others",
    (kind) => {
      const findings = findingsOf(ID, healthySnapshot({ sources: { connection: failed(kind) } }));

      expect(findings).toMatchObject([
        {
          kind: 'incident',
          status: 'unknown',
          summary: expect.stringContaining("a steady 20 connections, so the problem is on the auditor's own path."),
          evidence: { side: 'auditor', servesOthers: expect.stringContaining('RDS reports') },
        },
      ]);
    },
  );

  it.each<[string, Partial<Sources>]>([
    ['is not available to RDS', { rds: seen(rds({ instances: [rdsInstance({ status: 'failed' })] })) }],
    ['has lost its connections', { cloudwatch: seen(cloudwatch({ connections: fallingTo(2) })) }],
    ['has none', { cloudwatch: seen(cloudwatch({ connections: fallingTo(0) })) }],
    ['is lost to the proxy too', { proxy: seen(proxy({ readiness: [{ httpStatus: 503, database: null }] })) }],
  ])('is critical when it does not answer and %s', (_what, sources) => {
    const findings = findingsOf(ID, healthySnapshot({ sources: { connection: failed('timeout'), ...sources } }));

    expect(findings).toMatchObject([{ status: 'critical', evidence: { side: 'unclear' } }]);
  });

  it('keeps a full PostgreSQL apart from the message of the query engine', () => {
    const findings = findingsOf(ID, healthySnapshot({ sources: { connection: failed('slots-exhausted') } }));

    expect(findings[0]?.advice.at(-1)?.text).toContain('is another error');
  });

  it.each<readonly [string | undefined, readonly Failure[], RegExp]>([
    ['28P01', [], /database-setup/],
    ['28000', [], /^aws rds describe-db-instances/],
    ['28P01', [{ cause: 'insufficient-permissions', count: 3 }], /^aws rds describe-db-instances/],
  ])(
    'begins with what the code %s and the metrics of IAM %j point to when the token was refused',
    (code, failures, first) => {
      const sources = {
        connection: failed('iam-refused', { code }),
        cloudwatch: seen(cloudwatch({ iam: { requests: 3, failures } })),
      };

      const [finding] = findingsOf(ID, healthySnapshot({ sources }));

      expect(finding?.advice.flatMap(({ command }) => command ?? [])[0]).toMatch(first);
      if (failures.length > 0) {
        expect(finding?.advice[0]?.text).toContain('rds-db:connect');
        expect(finding?.summary).toContain('IAM policy did not allow');
      }
    },
  );

  it.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', /--ca-file/],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /--ca-file/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /has to be the endpoint/],
    ['CERT_HAS_EXPIRED', /issuer, name and expiry/],
  ])('begins with what helps when the certificate is refused by %s', (code, first) => {
    const [finding] = findingsOf(ID, healthySnapshot({ sources: { connection: failed('tls-untrusted', { code }) } }));

    expect(finding?.advice[0]?.text).toMatch(first);
  });

  it.each<readonly [ConnectionPhase, Side]>([
    ['connect', 'unclear'],
    ['tls-request', 'unclear'],
    ['tls-handshake', 'unclear'],
    ['startup', 'database'],
    ['authentication', 'database'],
    ['parameters', 'database'],
  ])('blames the database for a cut connection only once it is PostgreSQL that answers, as in %s', (phase, side) => {
    const connection = failed('connection-lost', { phase });

    const findings = findingsOf(ID, healthySnapshot({ sources: { connection, ...NOTHING_ELSE_SEEN } }));

    expect(findings).toMatchObject([{ status: 'critical', evidence: { side, phase } }]);
  });

  it('advises no security group when the server had answered before it fell silent', () => {
    const silent = (phase: ConnectionPhase) =>
      textOf(findingsOf(ID, healthySnapshot({ sources: { connection: failed('timeout', { phase }) } })));

    expect(silent('connect')).toContain('security group');
    expect(silent('authentication')).not.toContain('security group');
  });

  it('concerns LiteLLM too when the limit is that of the role that LiteLLM uses', () => {
    const settings = { ...settingsFor(), litellmUser: settingsFor().target.user };

    const findings = findingsOf(ID, healthySnapshot({ sources: { connection: failed('role-limit') } }), settings);

    expect(findings).toMatchObject([{ status: 'critical', evidence: { side: 'database' } }]);
  });

  it.each<FailureKind>(['disk-full', 'server-error', 'pooler-refused', 'protocol-violation'])(
    'is critical when %s ended the look after the login',
    (kind) => {
      const findings = findingsOf(ID, healthySnapshot({ sources: { server: failed(kind) } }));

      expect(findings).toMatchObject([{ status: 'critical', evidence: { cause: kind } }]);
    },
  );

  it('begins with the remediation of the failure itself', () => {
    const connection = failed('login-refused', {
      remediation: { text: 'Run this, then audit again:', command: 'GRANT rds_iam TO "x";' },
    });

    const findings = findingsOf(ID, healthySnapshot({ sources: { connection } }));

    expect(findings[0]?.advice[0]?.command).toBe('GRANT rds_iam TO "x";');
  });

  it('is unknown with the reason when no connection was tried', () => {
    const findings = findingsOf(ID, healthySnapshot({ sources: { connection: skipped('No time was left.') } }));

    expect(findings).toMatchObject([{ status: 'unknown', summary: 'No connection was tried: No time was left.' }]);
  });

  it.each(['server', 'sessions', 'router-settings'] as const)('is critical when the connection broke at %s', (name) => {
    const findings = findingsOf(ID, healthySnapshot({ sources: { [name]: failed('connection-lost') } }));

    expect(findings).toMatchObject([
      { status: 'critical', summary: expect.stringMatching(/^Connected, then disconnected: /) },
    ]);
  });

  it('is critical when the server does not answer what it has in memory', () => {
    const findings = findingsOf(ID, healthySnapshot({ sources: { server: failed('timeout') } }));

    expect(findings).toMatchObject([{ status: 'critical', evidence: { cause: 'timeout' } }]);
  });

  it("is ok when only LiteLLM's tables are slow to read", () => {
    const findings = findingsOf(
      ID,
      healthySnapshot({ sources: { 'router-settings': failed('timeout', { code: '57014' }) } }),
    );

    expect(findings).toMatchObject([{ status: 'ok' }]);
  });

  it('leaves out AWS commands without an identifier, and never shows the password', () => {
    const settings = settingsFor();
    const target = { ...settings.target, rds: undefined, login: { kind: 'password', password: 'hunter2' } } as const;

    const findings = KINDS.flatMap(([kind]) =>
      findingsOf(ID, healthySnapshot({ sources: { connection: failed(kind) } }), { ...settings, target }),
    );

    expect(findings).toHaveLength(KINDS.length);
    expect(textOf(findings)).not.toMatch(/hunter2|aws rds/);
  });

  it('quotes names for the shell and for SQL', () => {
    const settings = settingsFor();
    const target = { ...settings.target, user: `o'x"y`, databaseName: 'my db' };

    const [finding] = findingsOf(ID, healthySnapshot({ sources: { connection: failed('permission-denied') } }), {
      ...settings,
      target,
    });

    expect(finding?.advice[0]?.command).toBe(`GRANT CONNECT ON DATABASE "my db" TO "o'x""y";`);
  });
});
