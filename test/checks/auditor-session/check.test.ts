import { describe, expect, it } from 'vitest';
import { findingsOf, healthySnapshot, seen, server, settingsFor, textOf } from '../../snapshots.ts';

const ID = 'auditor-session';
const SESSION = {
  readOnly: true,
  statementTimeoutMs: 5000,
  lockTimeoutMs: 1000,
  idleInTransactionTimeoutMs: 10_000,
  rowSecurity: false,
};

function findings(session: Partial<typeof SESSION> | null) {
  const own = session === null ? null : { ...SESSION, ...session };
  return findingsOf(ID, healthySnapshot({ sources: { server: seen(server({ session: own })) } }));
}

describe(ID, () => {
  it('is ok when the session has what was asked for, or less', () => {
    expect(findings({ statementTimeoutMs: 4999, lockTimeoutMs: 1 })).toMatchObject([{ status: 'ok', kind: 'risk' }]);
  });

  it.each([
    ['transaction_read_only', { readOnly: false }],
    ['statement_timeout', { statementTimeoutMs: 0 }],
    ['statement_timeout', { statementTimeoutMs: 5001 }],
    ['lock_timeout', { lockTimeoutMs: 0 }],
    ['lock_timeout', { lockTimeoutMs: 1001 }],
    ['idle_in_transaction_session_timeout', { idleInTransactionTimeoutMs: 0 }],
    ['idle_in_transaction_session_timeout', { idleInTransactionTimeoutMs: 10_001 }],
    ['row_security', { rowSecurity: true }],
  ])('warns of %s alone when the session has %j', (setting, session) => {
    const [finding] = findings(session);

    expect(finding).toMatchObject({ status: 'warning', evidence: { weaker: [{ setting }] } });
    expect(finding?.summary).toContain(setting);
    expect(finding?.advice[0]?.text).toContain("database's own endpoint");
  });

  it('judges by the limits that the snapshot was taken with', () => {
    const snapshot = healthySnapshot({ sources: { server: seen(server({ session: SESSION })) } });
    const settings = { ...settingsFor(), statementTimeoutMs: 100 };

    expect(findingsOf(ID, { ...snapshot, tuning: settingsFor() }, settings)).toMatchObject([{ status: 'ok' }]);
    expect(findingsOf(ID, { ...snapshot, tuning: null }, settings)).toMatchObject([{ status: 'warning' }]);
  });

  it('is unknown, and says why, when an older release saved the snapshot', () => {
    const found = findings(null);

    expect(found).toMatchObject([{ status: 'unknown' }]);
    expect(textOf(found)).toContain('older release');
  });
});
