import { describe, expect, it } from 'vitest';
import type { IdleTransaction, SessionsSource } from '../../../lambda/snapshot/snapshot.ts';
import { findingsOf, healthySnapshot, idleTransaction, seen, sessions, settingsFor } from '../../snapshots.ts';

const ID = 'idle-in-transaction';

function snapshotWith(idleTransactions: readonly IdleTransaction[], overrides: Partial<SessionsSource> = {}) {
  return healthySnapshot({ sources: { sessions: seen(sessions({ idleTransactions, ...overrides })) } });
}

describe(ID, () => {
  it('is ok when no transaction is idle', () => {
    const findings = findingsOf(ID, snapshotWith([]));

    expect(findings).toMatchObject([{ kind: 'incident', status: 'ok', summary: 'No transaction is open and idle.' }]);
  });

  it.each([
    [{ idleSeconds: 300 }, 'ok'],
    [{ idleSeconds: 300.5 }, 'warning'],
    [{ idleSeconds: 1800 }, 'warning'],
    [{ idleSeconds: 1801 }, 'critical'],
    [{ idleSeconds: 10, blocking: 3 }, 'ok'],
    [{ idleSeconds: 11, blocking: 3 }, 'critical'],
    [{ idleSeconds: 20, transactionSeconds: 9000 }, 'ok'],
  ])('rates %o as %s', (transaction, status) => {
    const findings = findingsOf(ID, snapshotWith([idleTransaction(transaction)]));

    expect(findings).toMatchObject([{ kind: 'incident', status }]);
  });

  it('warns of a blocking one at once when the limit is set below ten seconds', () => {
    const settings = settingsFor({ idleInTransactionWarningSeconds: 1 });

    const findings = findingsOf(ID, snapshotWith([idleTransaction({ idleSeconds: 2, blocking: 1 })]), settings);

    expect(findings).toMatchObject([{ status: 'critical' }]);
  });

  it('makes one finding per client, the worst first', () => {
    const snapshot = snapshotWith([
      idleTransaction({ pid: 1, idleSeconds: 400 }),
      idleTransaction({ pid: 2, idleSeconds: 320 }),
      idleTransaction({ pid: 3, clientAddress: '10.0.3.18', idleSeconds: 9000, blocking: 2 }),
      idleTransaction({ pid: 4, clientAddress: '10.0.3.19', idleSeconds: 5 }),
    ]);

    const findings = findingsOf(ID, snapshot);

    expect(findings).toMatchObject([
      {
        status: 'critical',
        subject: 'client litellm@10.0.3.18',
        summary: '1 transaction of litellm@10.0.3.18 is open and idle for 2 h 30 min and blocks 2 other sessions.',
      },
      {
        status: 'warning',
        subject: 'client litellm@10.0.3.17',
        summary: '2 transactions of litellm@10.0.3.17 are open and idle for up to 6 min.',
      },
    ]);
  });

  it('ends only the named sessions of that client, and only after a look', () => {
    const snapshot = snapshotWith([idleTransaction({ pid: 7, user: "o'x" }), idleTransaction({ pid: 8, user: "o'x" })]);

    const [finding] = findingsOf(ID, snapshot);

    const [look, end] = finding?.advice[0]?.command?.split(';\n') ?? [];
    expect(look).not.toContain('pg_terminate_backend');
    expect(end).toBe(`SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE pid IN (7, 8)
   AND state LIKE 'idle in transaction%'
   AND usename = 'o''x' AND client_addr = '10.0.3.17';`);
  });

  it('is unknown when sessions are hidden, beside what was seen', () => {
    const findings = findingsOf(ID, snapshotWith([idleTransaction()], { hidden: 4 }));

    expect(findings).toMatchObject([
      { status: 'warning' },
      {
        status: 'unknown',
        subject: 'database prod',
        advice: [{ command: 'GRANT pg_monitor TO "litellm_auditor";' }],
      },
    ]);
  });

  it('is less certain when not all idle transactions were read', () => {
    const findings = findingsOf(ID, snapshotWith([idleTransaction({ idleSeconds: 3 })], { idleTransactionCount: 30 }));

    expect(findings).toMatchObject([
      { status: 'ok', confidence: 'medium', confidenceReason: expect.stringContaining('1 oldest of 30') },
    ]);
  });
});
