import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LOG_PHRASE_IDS, LOG_PHRASES, type LogPhraseId } from '../../../lambda/litellm/log-phrases.ts';
import type { ProxyLogSource, Sources } from '../../../lambda/snapshot/snapshot.ts';
import {
  failed,
  findingsOf,
  healthySnapshot,
  proxyLog,
  rds,
  seen,
  server,
  sessionGroup,
  sessions,
  skipped,
  TAKEN_AT,
} from '../../snapshots.ts';

function evaluateWith(lines: ProxyLogSource['lines'], sources: Partial<Sources> = {}, version = '1.108.13') {
  const snapshot = healthySnapshot({
    configuredVersion: version,
    sources: { 'proxy-log': seen(proxyLog(lines)), ...sources },
  });
  return findingsOf('proxy-errors', snapshot);
}

/** LiteLLM makes no URL of its own. */
const PASSWORD_LOGIN = { sessions: seen(sessions({ groups: [sessionGroup({ iam: false })] })) };

/** The severity of an hour with so many lines of one phrase. */
function severity(id: LogPhraseId, lines: number) {
  const [finding] = evaluateWith({ [id]: lines });
  return [finding?.kind, finding?.status];
}

describe('proxy-errors', () => {
  it('is ok when nothing was logged', () => {
    expect(evaluateWith({})).toMatchObject([{ kind: 'incident', status: 'ok', advice: [] }]);
  });

  it.each([
    'limitRefused',
    'slotsRefused',
    'readOnly',
    'engineNotConnected',
    'connectionAttemptsFailed',
    'poolTimeouts',
    'transactionsNotStarted',
  ] as const)('warns from one line and is critical from 20 when it is %s', (id) => {
    expect([1, 19, 20].map((lines) => severity(id, lines))).toEqual([
      ['incident', 'warning'],
      ['incident', 'warning'],
      ['incident', 'critical'],
    ]);
  });

  it('takes a few closed connections for those of a restart or a deployment', () => {
    expect([4, 5, 20].map((lines) => severity('closedConnections', lines))).toEqual([
      ['incident', 'info'],
      ['incident', 'warning'],
      ['incident', 'critical'],
    ]);
  });

  it.each(['deadlocks', 'stalePlans'] as const)('is a risk at most, however often, when it is %s', (id) => {
    expect([4, 5, 4000].map((lines) => severity(id, lines))).toEqual([
      ['incident', 'info'],
      ['risk', 'warning'],
      ['risk', 'warning'],
    ]);
  });

  it('is as bad as the worst phrase when several were logged', () => {
    expect(evaluateWith({ deadlocks: 400, poolTimeouts: 2 })).toMatchObject([{ kind: 'incident', status: 'warning' }]);
    expect(evaluateWith({ deadlocks: 400, readOnly: 20 })).toMatchObject([{ kind: 'incident', status: 'critical' }]);
  });

  it('puts the slots of PostgreSQL beside the lines and does not equate them', () => {
    const [finding] = evaluateWith({ connectionAttemptsFailed: 7, poolTimeouts: 1 });

    expect(finding?.summary).toBe(
      'The proxy logged 7 lines "All connection attempts failed" and 1 line "Timed out fetching a new connection" in the last hour; in PostgreSQL 20 of 55 usable slots are used now.',
    );
    expect(finding?.advice).toMatchObject([
      { text: expect.stringContaining('the query engine in its own pod') },
      { text: expect.stringContaining('PostgreSQL refused nothing') },
    ]);
  });

  it('says so when the side of PostgreSQL could not be seen', () => {
    const [finding] = evaluateWith({ connectionAttemptsFailed: 7 }, { sessions: failed('slots-exhausted') });

    expect(finding?.summary).toContain("PostgreSQL's side could not be seen");
  });

  it('advises one set of steps when both phrases are about the connections of the pool', () => {
    const [finding] = evaluateWith({ poolTimeouts: 3, transactionsNotStarted: 3 });

    expect(finding?.advice).toHaveLength(1);
  });

  it('states as evidence what was logged, and nothing else', () => {
    const [finding] = evaluateWith({ closedConnections: 7 });

    expect(finding?.evidence).toEqual({ closedConnections: 7, from: 'metrics', usedSlots: 20, usableSlots: 55 });
  });

  it('says nothing of the network when the server was started or failed over within the hour that is counted', () => {
    const started = { server: seen(server({ startedAt: TAKEN_AT })) };
    const before = { server: seen(server({ startedAt: new Date(Date.parse(TAKEN_AT) - 3_900_000).toISOString() })) };

    const failedOver = {
      rds: seen(
        rds({ events: { state: 'seen', events: [{ at: '2026-11-22T02:40:00.000Z', categories: ['failover'] }] } }),
      ),
    };

    for (const sources of [started, failedOver]) {
      expect(evaluateWith({ closedConnections: 7 }, sources)[0]?.advice[0]?.text).toContain('a short time ago');
    }
    expect(evaluateWith({ closedConnections: 7 }, before)[0]?.advice[0]?.text).not.toContain('a short time ago');
  });

  it.each([
    ['1.81.9', 'max_idle_connection_lifetime=60 to the parameters of DATABASE_URL'],
    ['1.99.0', 'database_extra_connection_params: {max_idle_connection_lifetime: 60}'],
    ['1.108.13', 'database_max_idle_connection_lifetime'],
  ])('names a setting that LiteLLM %s has when connections are closed', (version, setting) => {
    const [finding] = evaluateWith({ closedConnections: 30 }, PASSWORD_LOGIN, version);

    expect(finding?.advice[0]?.text).toContain(setting);
  });

  it('advises no parameter that a token refresh drops when LiteLLM logs in with IAM', () => {
    const [finding] = evaluateWith({ closedConnections: 30 }, {}, '1.81.9');

    expect(finding?.advice[0]?.text).not.toContain('DATABASE_URL');
    expect(finding?.advice[0]?.text).toContain('upgrade to');
  });

  it('is less certain and names the log when it was given as a file', () => {
    const log = { 'proxy-log': seen(proxyLog({ readOnly: 30 }, 'file')) };
    const quiet = { 'proxy-log': seen(proxyLog({}, 'file')) };

    expect(evaluateWith({}, log)).toMatchObject([
      { status: 'critical', confidence: 'medium', summary: expect.stringContaining('in the log that was given') },
    ]);
    expect(evaluateWith({}, quiet)).toMatchObject([
      { status: 'ok', confidence: 'high', summary: expect.stringContaining('None of the 5000 lines') },
    ]);
  });

  it('is not ok when an earlier release counted only some phrases', () => {
    const some: ProxyLogSource = { from: 'metrics', lines: { poolTimeouts: 0 }, total: null };

    const findings = evaluateWith({}, { 'proxy-log': seen(some) });

    expect(findings).toMatchObject([{ status: 'info', summary: expect.stringContaining('"kind: Closed"') }]);
    expect(findings[0]?.summary).not.toContain('Timed out fetching');
  });

  it('informs how to have it when no log is configured', () => {
    const findings = evaluateWith({}, { 'proxy-log': skipped('No log.', 'proxy.logGroupName') });

    expect(findings).toMatchObject([
      { status: 'info', advice: [{ text: expect.stringContaining('proxy.logGroupName') }] },
    ]);
  });

  it('is unknown when CloudWatch could not be read', () => {
    const findings = evaluateWith(
      {},
      {
        'proxy-log': failed('permission-denied', { remediation: { text: 'Allow it.' } }),
      },
    );

    expect(findings).toMatchObject([{ status: 'unknown', advice: [{ text: 'Allow it.' }] }]);
  });

  it('has advice for each phrase that was logged, with its meaning, for any counts', () => {
    fc.assert(
      fc.property(fc.record(Object.fromEntries(LOG_PHRASE_IDS.map((id) => [id, fc.nat({ max: 3 })]))), (lines) => {
        const [finding] = evaluateWith(lines);

        const logged = LOG_PHRASE_IDS.filter((id) => (lines[id] ?? 0) > 0);
        expect(finding?.status === 'ok').toBe(logged.length === 0);
        const advice = finding?.advice.map(({ text }) => text).join('\n') ?? '';
        const own = logged.filter((id) => id !== 'transactionsNotStarted' || !logged.includes('poolTimeouts'));
        expect(own.filter((id) => !advice.includes(LOG_PHRASES[id].meaning))).toEqual([]);
      }),
    );
  });
});
