import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReadinessAnswer, SourceFailure, Sources } from '../../../lambda/snapshot/snapshot.ts';
import { failed, findingsOf, healthySnapshot, proxy, seen, skipped } from '../../snapshots.ts';

const CONNECTED: ReadinessAnswer = { httpStatus: 200, database: 'connected' };
const DISCONNECTED: ReadinessAnswer = { httpStatus: 200, database: 'disconnected' };
const NOT_READY: ReadinessAnswer = { httpStatus: 503, database: null };
const SILENT: ReadinessAnswer = { httpStatus: 200, database: null };
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
      database: fc.constantFrom('connected' as const, 'disconnected' as const, null),
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
