import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReadinessAnswer, SourceFailure, Sources } from '../../../lambda/snapshot/snapshot.ts';
import { failed, findingsOf, healthySnapshot, proxy, seen, skipped } from '../../snapshots.ts';

const CONNECTED: ReadinessAnswer = { httpStatus: 200, database: 'connected' };
const DISCONNECTED: ReadinessAnswer = { httpStatus: 200, database: 'disconnected' };
const NOT_READY: ReadinessAnswer = { httpStatus: 503, database: null };
const SILENT: ReadinessAnswer = { httpStatus: 200, database: null };
/** As 1.104.0 and later answer while lookups meet their deadline, and with requests allowed without the database. */
const STALLED: ReadinessAnswer = { httpStatus: 503, database: 'stalled' };
const STALLED_AND_ALLOWED: ReadinessAnswer = { httpStatus: 200, database: 'stalled' };
const LEAVING: ReadinessAnswer = { httpStatus: 503, database: null, shuttingDown: true };
const TIMEOUT: SourceFailure = { kind: 'timeout', message: 'No answer within 3000 ms.' };

interface Answers {
  readonly readiness: readonly ReadinessAnswer[];
  readonly failures?: readonly SourceFailure[];
}

function evaluateWith(
  { readiness, failures = [] }: Answers,
  sources: Partial<Sources> = {},
  version: string | null = null,
) {
  const snapshot = healthySnapshot({
    configuredVersion: version,
    sources: { proxy: seen(proxy({ readiness, failures })), ...sources },
  });
  return findingsOf('proxy-health', snapshot);
}

describe('proxy-health', () => {
  it.each([
    [[CONNECTED, CONNECTED, CONNECTED], [], 'ok'],
    [[NOT_READY, NOT_READY, NOT_READY], [], 'critical'],
    [[DISCONNECTED], [], 'critical'],
    [[{ httpStatus: 503, database: 'connected' } as const], [], 'critical'],
    [[CONNECTED, CONNECTED, NOT_READY], [], 'warning'],
    [[CONNECTED, NOT_READY, DISCONNECTED], [], 'critical'],
    [[CONNECTED, NOT_READY], [], 'critical'],
    [[NOT_READY], [TIMEOUT, TIMEOUT], 'critical'],
    [[CONNECTED, CONNECTED], [TIMEOUT], 'unknown'],
    [[CONNECTED, SILENT], [], 'unknown'],
    [[{ httpStatus: 500, database: 'connected' } as const], [], 'unknown'],
    [[], [TIMEOUT, TIMEOUT, TIMEOUT], 'unknown'],
    [[], [], 'unknown'],
    [[STALLED, STALLED, STALLED], [], 'warning'],
    [[STALLED_AND_ALLOWED], [], 'warning'],
    [[CONNECTED, STALLED], [], 'warning'],
    [[STALLED, STALLED, NOT_READY], [], 'warning'],
    [[STALLED, NOT_READY], [], 'critical'],
    [[CONNECTED, CONNECTED, LEAVING], [], 'ok'],
    [[LEAVING, LEAVING], [], 'unknown'],
    [[LEAVING, NOT_READY], [], 'critical'],
  ])('rates %o and failures %o as %s', (readiness, failures, status) => {
    const findings = evaluateWith({ readiness, failures });

    expect(findings).toMatchObject([{ kind: 'incident', status, subject: 'proxy litellm.example' }]);
  });

  it('counts the answers when pods differ', () => {
    const [finding] = evaluateWith({ readiness: [CONNECTED, CONNECTED, NOT_READY] });

    expect(finding?.summary).toBe(
      'Of 3 answers from litellm.example to /health/readiness, 2 said connected and 1 said that the database is not connected (503 or disconnected); its pods differ.',
    );
    expect(finding?.evidence).toMatchObject({ connected: 2, lost: 1, httpStatuses: [200, 503] });
  });

  it('says that the pool is short when lookups stall, and not that the database is lost', () => {
    const [finding] = evaluateWith({ readiness: [STALLED, CONNECTED] });

    expect(finding?.evidence).toMatchObject({ stalled: 1, lost: 0, connected: 1 });
    expect(finding?.summary).toContain('the pool is short');
    expect(finding?.advice[0]?.text).toContain('pool-budget');
    expect(JSON.stringify(finding)).not.toContain('allow_requests_on_db_unavailable');
  });

  it('counts a pod that shuts down apart', () => {
    const [some, all] = [[CONNECTED, LEAVING], [LEAVING]].map((readiness) => evaluateWith({ readiness })[0]);

    expect(some?.evidence).toMatchObject({ shuttingDown: 1, lost: 0, unclear: 0 });
    expect(all?.advice[0]?.text).toContain('deployment');
  });

  it.each([
    ['1.81.13', 'medium', /2 min/],
    ['1.82.0', 'medium', /2 min/],
    ['1.82.1', 'high', undefined],
    ['1.104.0', 'high', undefined],
  ])('is, of a connected on %s, of %s confidence', (version, confidence, reason) => {
    const [finding] = evaluateWith({ readiness: [CONNECTED] }, {}, version);

    expect(finding).toMatchObject({ status: 'ok', confidence });
    if (reason !== undefined) expect(finding?.confidenceReason).toMatch(reason);
  });

  it('advises to ask twice where an answer of a loss may be old', () => {
    const [old, fresh] = ['1.81.13', '1.104.0'].map((version) =>
      JSON.stringify(evaluateWith({ readiness: [DISCONNECTED] }, {}, version)),
    );

    expect(old).toContain('2 min old, so ask twice');
    expect(fresh).not.toContain('ask twice');
  });

  it('shows why nothing was answered, and where to look', () => {
    const [finding] = evaluateWith({ readiness: [], failures: [TIMEOUT, TIMEOUT] });

    expect(finding?.summary).toBe('/health/readiness of litellm.example gave no answer: No answer within 3000 ms.');
    expect(finding?.advice[0]?.text).toContain('"proxy.url"');
  });

  it('shows what fixes a failure', () => {
    const remediation = { text: 'Allow secretsmanager:GetSecretValue.' };
    const refused: SourceFailure = { kind: 'permission-denied', message: 'The key could not be read.', remediation };

    const findings = evaluateWith({ readiness: [CONNECTED], failures: [refused] });

    expect(findings).toMatchObject([
      { status: 'unknown', evidence: { reasons: ['The key could not be read.'] }, advice: [remediation] },
    ]);
  });

  it('sends to the side of the proxy when the auditor reached the database, and to the database otherwise', () => {
    const [here, there] = [{}, { connection: failed('slots-exhausted') }].map((sources) =>
      evaluateWith({ readiness: [NOT_READY] }, sources),
    );

    expect(here?.[0]?.advice[0]?.text).toContain('The auditor reached the database');
    expect(there?.[0]?.advice[0]?.text).toContain('database-reachable');
  });

  it('offers to serve without the database, with what that gives up, only when the proxy has lost it', () => {
    const [lost, well, silent] = [[NOT_READY], [CONNECTED], [SILENT]].map((readiness) =>
      JSON.stringify(evaluateWith({ readiness })),
    );

    expect(lost).toMatch(/allow_requests_on_db_unavailable: true.*turns authentication off/);
    expect(well).not.toContain('allow_requests_on_db_unavailable');
    expect(silent).not.toContain('allow_requests_on_db_unavailable');
  });

  it.each([
    ['1.83.10', 'medium'],
    ['1.83.11', 'high'],
    [null, 'medium'],
  ])('is, of a 503 on %s, of %s confidence', (version, confidence) => {
    const findings = evaluateWith({ readiness: [NOT_READY] }, {}, version);

    expect(findings).toMatchObject([{ status: 'critical', confidence }]);
  });

  it('informs when no proxy is configured', () => {
    const findings = evaluateWith({ readiness: [] }, { proxy: skipped('No proxy is configured.', 'proxy.url') });

    expect(findings).toMatchObject([{ status: 'info' }]);
  });

  it('is ok only when all answers are connected, and has advice otherwise, for any answers', () => {
    const answer = fc.record({
      httpStatus: fc.oneof(fc.constantFrom(200, 503), fc.nat({ max: 999 })),
      database: fc.constantFrom('connected' as const, 'disconnected' as const, 'stalled' as const, null),
    });
    const failures = fc.array(fc.constant(TIMEOUT), { maxLength: 2 });

    fc.assert(
      fc.property(fc.array(answer, { maxLength: 4 }), failures, (readiness, failures) => {
        const [finding] = evaluateWith({ readiness, failures });

        const allConnected = readiness.every((one) => one.httpStatus === 200 && one.database === 'connected');
        expect(finding?.status === 'ok').toBe(readiness.length > 0 && allConnected && failures.length === 0);
        expect(finding?.advice.length === 0).toBe(finding?.status === 'ok');
        expect(finding?.summary).not.toMatch(/bug in the auditor|\b(NaN|undefined)\b/);
      }),
    );
  });
});
