import { describe, expect, it } from 'vitest';
import type { ServerSource } from '../../../lambda/snapshot/snapshot.ts';
import { findingsOf, globalRow, healthySnapshot, routerSettings, seen, server, setup } from '../../snapshots.ts';

const ID = 'setup-current';
const HIDDEN = { state: 'hidden', remediation: { text: 'Run this:', command: 'npm run x' } } as const;
const SETUP = [{ command: 'npm run --silent database-setup' }];

function evaluateWith(overrides: Partial<ServerSource>, settings = routerSettings({ global: HIDDEN })) {
  return findingsOf(
    ID,
    healthySnapshot({ sources: { server: seen(server(overrides)), 'router-settings': seen(settings) } }),
  );
}

describe(ID, () => {
  it('is ok, and names both schemas, when the setup script of this release has run', () => {
    expect(evaluateWith({ setup: setup({ schema: 'prod_auditor' }) })).toMatchObject([
      { kind: 'risk', status: 'ok', evidence: { auditorSchema: 'prod_auditor', litellmSchema: 'public' } },
    ]);
  });

  it.each<[string, Partial<ServerSource>]>([
    ['it never ran', { setup: setup({ state: 'absent', functions: each('absent') }) }],
    ['it is of another release', { setup: setup({ state: 'outdated' }) }],
    ['a function is missing', { setup: setup({ functions: { team: 'absent' } }) }],
    ['it ran for another role', { setup: setup({ functions: each('no-right') }) }],
  ])('is one unknown, with the command, when %s', (_name, changes) => {
    expect(evaluateWith(changes)).toMatchObject([{ status: 'unknown', advice: SETUP }]);
  });

  it("is info when it never ran and nothing was missed, as with LiteLLM's own user", () => {
    const findings = evaluateWith(
      { setup: setup({ state: 'absent', functions: each('absent') }) },
      routerSettings({ global: globalRow() }),
    );

    expect(findings).toMatchObject([{ status: 'info', advice: SETUP }]);
  });

  it('is unknown when the snapshot is of 0.1.0, or there are no LiteLLM tables', () => {
    const noTables = evaluateWith({ litellmSchema: null, tables: [] });

    expect([evaluateWith({ setup: null }), noTables]).toMatchObject([[{ status: 'unknown' }], [{ status: 'unknown' }]]);
  });
});

function each(right: 'absent' | 'no-right') {
  return { globalRow: right, team: right, key: right, userConfig: right };
}
