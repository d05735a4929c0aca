import { describe, expect, it } from 'vitest';
import type { SessionGroup, SessionsSource } from '../../../lambda/snapshot/snapshot.ts';
import { findingsOf, healthySnapshot, seen, sessionGroup, sessions } from '../../snapshots.ts';

const ID = 'transport-security';

function snapshotWith(groups: readonly SessionGroup[], overrides: Partial<SessionsSource> = {}) {
  return healthySnapshot({ sources: { sessions: seen(sessions({ groups, ...overrides })) } });
}

describe(ID, () => {
  it('is ok when every session is on TLS', () => {
    const findings = findingsOf(ID, healthySnapshot());

    expect(findings).toMatchObject([{ kind: 'risk', status: 'ok', evidence: { encrypted: 20, localSocket: 0 } }]);
  });

  it('makes one finding per client without TLS, over all its states', () => {
    const findings = findingsOf(
      ID,
      snapshotWith([
        sessionGroup(),
        sessionGroup({ clientAddress: '10.0.3.19', tls: false, count: 2, application: 'psql' }),
        sessionGroup({ clientAddress: '10.0.3.19', tls: false, count: 1, state: 'active' }),
        sessionGroup({ clientAddress: '10.0.3.20', tls: false, count: 1 }),
      ]),
    );

    expect(findings).toMatchObject([
      {
        kind: 'risk',
        status: 'warning',
        subject: 'client litellm@10.0.3.19',
        summary: '3 sessions of litellm@10.0.3.19 in litellm are not encrypted.',
        evidence: { sessions: 3, applications: ['psql'] },
      },
      { status: 'warning', summary: '1 session of litellm@10.0.3.20 in litellm is not encrypted.' },
    ]);
  });

  it.each([
    ['on a Unix socket', { clientAddress: null, tls: false }],
    ['in another database', { database: 'reports', tls: false }],
    ['of RDS itself', { user: 'rdsadmin', clientAddress: '127.0.0.1', tls: false }],
  ])('is ok for a session without TLS %s', (_, group) => {
    const findings = findingsOf(ID, snapshotWith([sessionGroup(group)]));

    expect(findings).toMatchObject([{ status: 'ok' }]);
  });

  it('is unknown when sessions are hidden', () => {
    const hidden = sessionGroup({ clientAddress: null, state: null, tls: null, count: 4 });

    const findings = findingsOf(ID, snapshotWith([hidden], { hidden: 4 }));

    expect(findings).toMatchObject([
      { status: 'unknown', summary: expect.stringContaining('4 sessions of 4 could not be checked') },
    ]);
  });

  it('is less certain when not all groups were read', () => {
    const findings = findingsOf(ID, snapshotWith([sessionGroup()], { groupCount: 250 }));

    expect(findings).toMatchObject([
      { status: 'ok', confidence: 'medium', confidenceReason: expect.stringContaining('250') },
    ]);
  });
});
