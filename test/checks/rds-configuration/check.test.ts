import { describe, expect, it } from 'vitest';
import type { RdsInstance, RdsSource } from '../../../lambda/snapshot/snapshot.ts';
import { failed, findingsOf, healthySnapshot, rds, rdsInstance, seen, settingsFor } from '../../snapshots.ts';

const ID = 'rds-configuration';

function evaluateWith(overrides: Partial<RdsSource>) {
  return findingsOf(ID, healthySnapshot({ sources: { rds: seen(rds(overrides)) } }));
}

function evaluateInstance(overrides: Partial<RdsInstance>) {
  return evaluateWith({ instances: [rdsInstance(overrides)] });
}

describe(ID, () => {
  it('is ok once when all is well', () => {
    const findings = evaluateWith({});

    expect(findings).toMatchObject([{ kind: 'risk', status: 'ok', subject: 'instance prod' }]);
  });

  it('names the capacity by which Serverless sets max_connections', () => {
    const findings = evaluateWith({ kind: 'cluster', serverless: { minCapacity: 0.5, maxCapacity: 8 } });

    expect(findings).toMatchObject([{ status: 'ok', evidence: { maximumAcu: 8 } }]);
  });

  it('warns when IAM authentication is off', () => {
    const findings = evaluateWith({ kind: 'cluster', iamAuthentication: false });

    expect(findings).toMatchObject([{ status: 'warning', subject: 'cluster prod: IAM authentication' }]);
    expect(findings[0]?.advice[0]?.command).toContain(
      'modify-db-cluster --region eu-central-1 --db-cluster-identifier prod --enable-iam',
    );
  });

  it.each([
    ['pending-reboot', 'warning'],
    ['applying', 'info'],
  ])('rates a parameter group that is %s as %s', (applyStatus, status) => {
    const findings = evaluateInstance({ parameterGroups: [{ name: 'prod-16', applyStatus }] });

    expect(findings).toMatchObject([
      { status, subject: 'instance prod: parameters', summary: expect.stringContaining(`prod-16 is ${applyStatus}`) },
    ]);
  });

  it('informs of changes that wait for the maintenance window', () => {
    const findings = evaluateInstance({ pendingModifications: ['DBInstanceClass'] });

    expect(findings).toMatchObject([{ status: 'info', summary: expect.stringContaining('DBInstanceClass') }]);
  });

  it.each([
    ['2027-01-21T03:00:00.000Z', 'ok', 'risk'],
    ['2027-01-21T02:59:59.000Z', 'warning', 'risk'],
    ['2026-11-22T03:00:00.000Z', 'warning', 'risk'],
    ['2026-11-22T02:59:59.000Z', 'critical', 'incident'],
  ])('rates a certificate that expires at %s as %s, %s', (certificateValidTill, status, kind) => {
    const findings = evaluateInstance({ certificateValidTill });

    expect(findings).toMatchObject([{ kind, status }]);
  });

  it('shows the days that are left of certificate and CA', () => {
    const findings = evaluateWith({
      instances: [rdsInstance({ certificateValidTill: '2026-12-01T03:00:00.000Z' })],
      certificateAuthorities: [{ identifier: 'rds-ca-rsa2048-g1', validTill: '2026-11-01T00:00:00.000Z' }],
    });

    expect(findings).toMatchObject([
      {
        status: 'critical',
        summary:
          'On prod, the server certificate expires in 9 days (2026-12-01) and the CA rds-ca-rsa2048-g1 expired on 2026-11-01.',
      },
    ]);
  });

  it.each([null, 'soon'])('is unknown when RDS says %j for the end and nothing of the CA', (certificateValidTill) => {
    const findings = evaluateWith({ instances: [rdsInstance({ certificateValidTill })], certificateAuthorities: [] });

    expect(findings).toMatchObject([{ status: 'unknown', subject: 'instance prod: certificate' }]);
  });

  it.each([
    ['prod.cluster-ro-c1a2b3.eu-central-1.rds.amazonaws.com', 'reader endpoint'],
    ['prod.cluster-custom-c1a2b3.eu-central-1.rds.amazonaws.com', 'custom endpoint'],
    ['prod.proxy-c1a2b3.eu-central-1.rds.amazonaws.com', 'RDS Proxy'],
    ['prod-1.c1a2b3.eu-central-1.rds.amazonaws.com', 'does not follow a failover'],
    ['other.cluster-c1a2b3.eu-central-1.rds.amazonaws.com', "another cluster's endpoint"],
  ])('informs that %s is not the endpoint that RDS reports', (host, kind) => {
    const settings = settingsFor();
    const snapshot = healthySnapshot({ sources: { connection: failed('timeout') } });

    const findings = findingsOf(ID, snapshot, { ...settings, target: { ...settings.target, host } });

    expect(findings).toMatchObject([{ status: 'info', summary: expect.stringContaining(kind) }]);
  });

  it.each(['PROD.c1a2b3.eu-central-1.rds.amazonaws.com', '10.0.3.4', 'db.example.com'])(
    'does not compare %s with the endpoint',
    (host) => {
      const settings = settingsFor();
      const snapshot = healthySnapshot({ sources: { connection: failed('timeout') } });

      const findings = findingsOf(ID, snapshot, { ...settings, target: { ...settings.target, host } });

      expect(findings).toMatchObject([{ status: 'ok' }]);
    },
  );

  it.each([
    ['backing-up', 'info'],
    ['rebooting', 'warning'],
    ['storage-full', 'critical'],
    ['stopped', 'critical'],
  ])('rates an instance that is %s as %s', (instanceStatus, status) => {
    const findings = evaluateInstance({ status: instanceStatus });

    expect(findings).toMatchObject([{ kind: 'incident', status, subject: 'instance prod: status' }]);
  });

  it('makes one finding per instance and concern', () => {
    const pending = { parameterGroups: [{ name: 'g', applyStatus: 'pending-reboot' }] };

    const findings = evaluateWith({
      kind: 'cluster',
      instances: [
        rdsInstance({ identifier: 'prod-1', ...pending }),
        rdsInstance({ identifier: 'prod-2', ...pending, status: 'failed', isWriter: false }),
      ],
    });

    expect(findings.map(({ status, subject }) => `${status} ${subject}`)).toEqual([
      'critical instance prod-2: status',
      'warning instance prod-1: parameters',
      'warning instance prod-2: parameters',
    ]);
  });

  it('is unknown when RDS lists no instance', () => {
    const findings = evaluateWith({ instances: [] });

    expect(findings).toMatchObject([{ status: 'unknown', subject: 'instance prod: instances' }]);
  });
});
