import { describe, expect, it } from 'vitest';
import type { ServerSource } from '../../../lambda/snapshot/snapshot.ts';
import {
  findingsOf,
  healthySnapshot,
  rds,
  role,
  routerSettings,
  seen,
  server,
  settingsFor,
  table,
} from '../../snapshots.ts';

const ID = 'auditor-privileges';

function evaluateWith(overrides: Partial<ServerSource>) {
  return findingsOf(
    ID,
    healthySnapshot({
      sources: {
        server: seen(server(overrides)),
        'router-settings': seen(
          routerSettings({ global: { state: 'hidden', remediation: { text: 'Run this:', command: 'npm run x' } } }),
        ),
      },
    }),
  );
}

describe(ID, () => {
  it('is ok when the role has its rights and no more', () => {
    const findings = evaluateWith({});

    expect(findings).toMatchObject([{ kind: 'risk', status: 'ok', subject: 'role litellm_auditor' }]);
  });

  it('is unknown with the grant when sessions are hidden from the role', () => {
    const findings = evaluateWith({ role: role({ seesAllSessions: false }) });

    expect(findings).toMatchObject([
      {
        status: 'unknown',
        subject: 'role litellm_auditor: sessions',
        advice: [{ command: 'GRANT pg_monitor TO "litellm_auditor";' }],
      },
    ]);
  });

  it('is unknown with the exact grant when columns are missing', () => {
    const findings = evaluateWith({
      tables: [
        table('LiteLLM_Config', []),
        table('LiteLLM_TeamTable', ['team_id', 'blocked', 'router_settings'], ['team_id']),
      ],
    });

    expect(findings).toMatchObject([
      { status: 'unknown', summary: expect.stringContaining('2 columns of LiteLLM_TeamTable') },
    ]);
    expect(findings[0]?.advice[0]?.command).toBe(
      `GRANT USAGE ON SCHEMA "public" TO "litellm_auditor";
GRANT SELECT ("blocked", "router_settings") ON "public"."LiteLLM_TeamTable" TO "litellm_auditor";`,
    );
  });

  it('is unknown with the command when the function for the global row is absent', () => {
    const findings = evaluateWith({ globalRowFunction: 'absent' });

    expect(findings).toMatchObject([{ status: 'unknown', advice: [{ command: 'npm run --silent database-setup' }] }]);
  });

  it('is unknown with the grant when the function may not be executed', () => {
    const findings = evaluateWith({ globalRowFunction: 'no-right' });

    expect(findings).toMatchObject([{ status: 'unknown', subject: 'role litellm_auditor: global row' }]);
    expect(findings[0]?.advice[0]?.command).toContain(
      'GRANT EXECUTE ON FUNCTION litellm_auditor.global_router_settings() TO "litellm_auditor";',
    );
  });

  it('does not ask for the function where the row was seen without it, or where LiteLLM has no tables', () => {
    const seenAnyway = findingsOf(
      ID,
      healthySnapshot({ sources: { server: seen(server({ globalRowFunction: 'absent' })) } }),
    );
    const noLitellm = evaluateWith({ globalRowFunction: 'absent', litellmSchema: null, tables: [] });

    expect([seenAnyway, noLitellm]).toMatchObject([[{ status: 'ok' }], [{ status: 'ok' }]]);
  });

  it('warns of excessive privileges, each with its own statement', () => {
    const findings = evaluateWith({ role: role({ excessivePrivileges: ['createrole', 'pg_read_all_data'] }) });

    expect(findings).toMatchObject([
      {
        status: 'warning',
        subject: 'role litellm_auditor: excessive privileges',
        advice: [
          {
            command: 'ALTER ROLE "litellm_auditor" NOCREATEROLE;\nREVOKE "pg_read_all_data" FROM "litellm_auditor";',
          },
        ],
      },
    ]);
  });

  it('warns of tables that the role may change', () => {
    const findings = evaluateWith({ role: role({ writableTables: ['my.schema.LiteLLM_TeamTable'] }) });

    expect(findings).toMatchObject([{ status: 'warning', subject: 'role litellm_auditor: writing' }]);
    expect(findings[0]?.advice[0]?.command).toBe(
      'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON "my.schema"."LiteLLM_TeamTable" FROM "litellm_auditor";',
    );
  });

  it('warns of secrets that the role could read, and revokes once a table', () => {
    const findings = evaluateWith({
      role: role({
        readableSecrets: ['public.LiteLLM_VerificationToken.token', 'public.LiteLLM_VerificationToken.key_hash'],
      }),
    });

    expect(findings).toMatchObject([
      {
        status: 'warning',
        summary: expect.stringContaining('2 secret columns: public.LiteLLM_VerificationToken.token'),
      },
    ]);
    expect(findings[0]?.advice[0]?.command).toBe(
      'REVOKE SELECT ON "public"."LiteLLM_VerificationToken" FROM "litellm_auditor";',
    );
  });

  it('advises no REVOKE when the role owns the tables, since LiteLLM may use it', () => {
    const findings = evaluateWith({
      role: role({
        name: 'litellm',
        writableTables: ['public.LiteLLM_Config'],
        readableSecrets: ['public.LiteLLM_Config.param_value'],
      }),
    });

    expect(findings).toMatchObject([{ status: 'info', subject: 'role litellm: owner' }]);
    expect(findings.flatMap(({ advice }) => advice.map(({ command }) => command)).join()).not.toContain('REVOKE');
  });

  it('reports of a superuser that it is one, and nothing that follows from it', () => {
    const findings = evaluateWith({
      role: role({
        excessivePrivileges: ['superuser'],
        writableTables: ['public.a'],
        readableSecrets: ['public.a.token'],
      }),
    });

    expect(findings).toMatchObject([{ status: 'warning', subject: 'role litellm_auditor: excessive privileges' }]);
  });

  it("is unknown on a replica, and names the cluster's writer", () => {
    const snapshot = healthySnapshot({
      sources: {
        server: seen(server({ inRecovery: true })),
        rds: seen(rds({ kind: 'cluster', endpoint: 'writer.example' })),
      },
    });

    const findings = findingsOf(ID, snapshot);

    expect(findings).toMatchObject([
      { status: 'unknown', subject: 'database prod: writer', evidence: { writerEndpoint: 'writer.example' } },
    ]);
  });

  it('names the schema that was audited when there are several and none was configured', () => {
    const two = { otherLitellmSchemas: ['staging'] };
    const named = healthySnapshot({ sources: { server: seen(server(two)) } });

    const guessed = evaluateWith(two);
    const chosen = findingsOf(ID, named, settingsFor({ litellmSchema: 'public' }));

    expect(guessed).toMatchObject([{ status: 'info', summary: expect.stringContaining('only public was audited') }]);
    expect(chosen).toMatchObject([{ status: 'ok' }]);
  });

  it('keeps several concerns apart', () => {
    const findings = evaluateWith({
      inRecovery: true,
      globalRowFunction: 'absent',
      role: role({ seesAllSessions: false, excessivePrivileges: ['createdb'], writableTables: ['public.x'] }),
    });

    expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(5);
    expect(findings.map(({ status }) => status)).toEqual(['warning', 'warning', 'unknown', 'unknown', 'unknown']);
    expect(new Set(findings.map(({ kind }) => kind))).toEqual(new Set(['risk']));
  });
});
