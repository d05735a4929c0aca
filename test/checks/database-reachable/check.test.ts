import { describe, expect, it } from 'vitest';
import type { FailureKind } from '../../../lambda/snapshot/snapshot.ts';
import { failed, findingsOf, healthySnapshot, settingsFor, skipped, textOf } from '../../snapshots.ts';

const ID = 'database-reachable';

/** Each kind of failure, and what its first steps have to hold. */
const KINDS: readonly (readonly [kind: FailureKind, summary: RegExp, advice: RegExp])[] = [
  ['slots-exhausted', /^PostgreSQL is full: it refused .*amazonaws.com:5432\.$/, /pg_stat_activity/],
  ['iam-refused', /refused the IAM token of litellm_auditor/, /GRANT rds_iam TO "litellm_auditor"/],
  ['password-refused', /refused the password/, /rds_iam/],
  ['login-refused', /does not let litellm_auditor log in/, /rolconnlimit/],
  ['tls-untrusted', /certificate .* is not trusted/, /openssl s_client -starttls postgres/],
  ['tls-unavailable', /does not offer TLS/, /host and port/],
  ['database-missing', /has no database litellm\./, /SELECT datname FROM pg_database/],
  ['name-unresolved', /could not be resolved/, /getent hosts/],
  ['unreachable', /refused, or no route/, /nc -vz/],
  ['timeout', /no answer in time/, /security group/],
  ['connection-lost', /closed in the middle/, /aws rds describe-events/],
  ['starting-up', /starting up or shutting down/, /aws rds describe-events/],
  ['no-credentials', /no valid AWS credentials/, /aws sts get-caller-identity/],
  ['permission-denied', /does not let litellm_auditor use/, /GRANT CONNECT ON DATABASE "litellm"/],
  ['not-found', /does not know/, /psql/],
  ['throttled', /does not know/, /psql/],
  ['unexpected-answer', /does not know/, /psql/],
  ['other', /does not know/, /psql/],
];

describe(ID, () => {
  it('is ok with the time it took when connected', () => {
    const findings = findingsOf(ID, healthySnapshot());

    expect(findings).toMatchObject([
      { status: 'ok', subject: 'database prod', summary: expect.stringContaining('12 ms as litellm_auditor') },
    ]);
  });

  it.each(KINDS)('is critical with its own steps when it failed by %s', (kind, summary, advice) => {
    const findings = findingsOf(ID, healthySnapshot({ sources: { connection: failed(kind) } }));

    expect(findings).toMatchObject([{ status: 'critical', evidence: { cause: kind, waitedMs: 34, port: 5432 } }]);
    expect(findings[0]?.summary).toMatch(summary);
    expect(textOf(findings).replaceAll('\\"', '"')).toMatch(advice);
  });

  it('keeps a full PostgreSQL apart from the message of the query engine', () => {
    const findings = findingsOf(ID, healthySnapshot({ sources: { connection: failed('slots-exhausted') } }));

    expect(findings[0]?.advice.at(-1)?.text).toContain('is another error');
  });

  it('begins with what the failure itself says is missing', () => {
    const connection = failed('login-refused', { missing: 'GRANT rds_iam TO "x";' });

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
      { status: 'critical', summary: expect.stringMatching(/^Connected, then cut off: /) },
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

  it('leaves out AWS commands without an identifier, and never tells the password', () => {
    const settings = settingsFor();
    const target = { ...settings.target, rds: undefined, login: { kind: 'password', password: 'hunter2' } } as const;

    const findings = KINDS.flatMap(([kind]) =>
      findingsOf(ID, healthySnapshot({ sources: { connection: failed(kind) } }), { ...settings, target }),
    );

    expect(findings.map(({ status }) => status)).toEqual(KINDS.map(() => 'critical'));
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
