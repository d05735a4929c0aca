import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RenderableReport } from '../../lambda/report/report.ts';
import { tableOf } from '../../lambda/report/table.ts';
import { viewOf } from '../../lambda/report/view.ts';
import { findingOf, hostile, leaking, mixed, reportOf, slotsExhausted } from './fixtures.ts';
import { anyReport } from './texts.ts';

function shown(report: RenderableReport, style: { color: boolean; width: number }) {
  return tableOf(viewOf(report), style);
}

describe('tableOf', () => {
  it('shows all findings and the first step of the worst when printed without colour', async () => {
    const table = shown(mixed, { color: false, width: 100 });

    await expect(table).toMatchFileSnapshot('golden/table-mixed.txt');
  });

  it('begins with the causes when there are some', () => {
    const lines = shown(leaking, { color: false, width: 100 }).split('\n');

    expect(lines[2]).toMatch(/^Cause: LiteLLM leaks its old connections/);
    expect(lines.findIndex((line) => line.startsWith('Second problem:'))).toBeLessThan(
      lines.findIndex((line) => line.startsWith('STATUS')),
    );
  });

  it('shows the command of a cause right under its step, and not again', () => {
    const table = shown(leaking, { color: false, width: 400 });

    expect(table).toMatch(
      /^Then: Lower the pool limit to 13 .*:\ngeneral_settings:\n {2}database_connection_pool_limit: 13$/m,
    );
    expect(table.match(/general_settings:/g)).toHaveLength(1);
  });

  it('shows no first step of a finding that stands with the cause', () => {
    const step = { text: 'End it:', command: 'SELECT pg_terminate_backend(4711);' };
    const finding = findingOf({ checkId: 'user-config', status: 'critical', summary: 'Open.', advice: [step] });
    const cause = {
      id: 'user-config' as const,
      title: 'Open',
      what: 'Open.',
      first: step,
      confidence: 'high' as const,
      fingerprints: [finding.fingerprint],
    };

    const table = shown(reportOf([finding], { diagnosis: { causes: [cause] } }), { color: false, width: 100 });

    expect(table.split(step.command)).toHaveLength(2);
    expect(table).not.toContain('First step for');
  });

  it('has one row for the checks that lack the same when the database is down', () => {
    const table = shown(slotsExhausted, { color: false, width: 200 });

    expect(table.match(/There is no connection to the database/g)).toHaveLength(1);
    expect(table).toMatch(/^UNKNOWN {3}\d+ checks/m);
  });

  it('differs only by its colours when printed with them', () => {
    const colored = shown(slotsExhausted, { color: true, width: 80 });

    expect(colored).toContain('\u001B[31mCRITICAL');
    expect(stripVTControlCharacters(colored)).toBe(shown(slotsExhausted, { color: false, width: 80 }));
  });

  it('keeps to the terminal when it is narrow', () => {
    const [rows = ''] = shown(mixed, { color: false, width: 64 }).split('First step');

    expect(Math.max(...rows.split('\n').map((line) => line.length))).toBeLessThanOrEqual(64);
  });

  it('holds no escape sequence when names do', () => {
    expect(shown(hostile, { color: false, width: 80 })).toMatch(/^(?:[^\p{Cc}\p{Cf}]|\n)*$/u);
  });

  it('holds no control character when the findings hold anything', () => {
    fc.assert(
      fc.property(anyReport, fc.integer({ min: 0, max: 200 }), (report, width) => {
        expect(shown(report, { color: false, width })).toMatch(/^(?:[^\p{Cc}\p{Cf}\p{Cs}]|\n)*$/u);
      }),
    );
  });
});
