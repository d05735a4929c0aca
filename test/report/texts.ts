import fc from 'fast-check';
import type { Finding, Status } from '../../lambda/core/finding.ts';
import type { Cause } from '../../lambda/diagnosis/diagnosis.ts';
import type { Report } from '../../lambda/report/report.ts';
import { findingOf, HOSTILE_TEXTS, reportOf } from './fixtures.ts';

/** Text as a database may hold it: any code units, terminal sequences, markup, and much of it. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 }).map((units) => String.fromCharCode(...units)),
  fc.array(fc.constantFrom(...HOSTILE_TEXTS), { minLength: 1, maxLength: 8 }).map((texts) => texts.join(' ')),
);

const anyFinding: fc.Arbitrary<Finding> = fc
  .record({
    checkId: fc.constantFrom('connection-headroom', 'team-router-settings', 'transport-security'),
    status: fc.constantFrom<Status>('ok', 'info', 'unknown', 'warning', 'critical'),
    subject: anyText,
    confidence: fc.constantFrom('high', 'medium', 'low'),
    summary: anyText,
    confidenceReason: anyText,
    evidence: fc.record({
      name: anyText,
      largestHolders: fc.array(fc.dictionary(anyText, anyText, { maxKeys: 3 }), { maxLength: 12 }),
      counts: fc.dictionary(anyText, fc.oneof(fc.integer(), fc.constant(null), fc.boolean()), { maxKeys: 3 }),
    }),
    advice: fc.array(fc.record({ text: anyText, command: anyText }, { requiredKeys: ['text'] }), { maxLength: 7 }),
  })
  .map(findingOf);

const anyCause: fc.Arbitrary<Cause> = fc.record({
  id: fc.constantFrom('iam-token-refresh', 'none-of-the-known'),
  title: anyText,
  what: anyText,
  first: fc.record({ text: anyText, command: anyText }, { requiredKeys: ['text'] }),
  confidence: fc.constantFrom('high', 'medium', 'low'),
  fingerprints: fc.array(anyText, { minLength: 1, maxLength: 3 }),
});

export const anyReport: fc.Arbitrary<Report> = fc
  .record({
    findings: fc.array(anyFinding, { maxLength: 14 }),
    status: fc.constantFrom<Status>('ok', 'info', 'unknown', 'warning', 'critical'),
    error: anyText,
    causes: fc.array(anyCause, { maxLength: 2 }),
  })
  .map(({ findings, status, error, causes }) =>
    reportOf(findings, {
      status,
      diagnosis: { causes },
      sources: [{ name: 'rds', status: 'failed', durationMs: 7, error }],
    }),
  );
