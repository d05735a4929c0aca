import { describe, expect, it } from 'vitest';
import type { Settings } from '../../../lambda/settings/settings.ts';
import type { ServerSource, Snapshot } from '../../../lambda/snapshot/snapshot.ts';
import {
  evaluate,
  excess,
  failed,
  findingsOf,
  healthySnapshot,
  rds,
  role,
  routerSettings,
  seen,
  server,
  sessionGroup,
  sessions,
  settingsFor,
  setup,
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

  it('is unknown with the exact grant when columns that are granted cannot be read', () => {
    const findings = evaluateWith({
      tables: [
        table('LiteLLM_Config', ['param_name', 'param_value'], []),
        table('_prisma_migrations', ['migration_name', 'finished_at', 'rolled_back_at'], ['finished_at']),
      ],
    });

    expect(findings).toMatchObject([
      { status: 'unknown', summary: expect.stringContaining('2 columns of _prisma_migrations') },
    ]);
    expect(findings[0]?.advice[0]?.command).toBe(
      `GRANT SELECT ("migration_name", "rolled_back_at") ON "public"."_prisma_migrations" TO "litellm_auditor";
GRANT USAGE ON SCHEMA "public" TO "litellm_auditor";`,
    );
  });

  it("warns of what the auditor's own role can do beyond its task, with a statement for what the setup script does not revoke", () => {
    const findings = evaluateWith({
      role: role({
        excess: [
          excess({ right: 'CREATEROLE', object: '', place: 'role' }),
          excess({ right: 'MEMBER', object: 'pg_read_all_data', place: 'role' }),
          excess({ right: 'ADMIN', object: 'rds_iam', place: 'role' }),
          excess({ right: 'SELECT', object: 'table column public."LiteLLM_VerificationToken".token' }),
          excess({ right: 'SELECT', object: 'table app.x', place: 'elsewhere' }),
        ],
      }),
    });

    expect(findings).toMatchObject([{ status: 'warning', subject: 'role litellm_auditor: excessive privileges' }]);
    expect(findings[0]?.evidence.excess).toEqual([
      'CREATEROLE',
      'member of pg_read_all_data',
      'may grant rds_iam',
      'SELECT on table column public."LiteLLM_VerificationToken".token',
      'SELECT on table app.x',
    ]);
    expect(findings[0]?.advice.map(({ command }) => command)).toEqual([
      'ALTER ROLE "litellm_auditor" NOCREATEROLE;\nREVOKE "pg_read_all_data" FROM "litellm_auditor";\nREVOKE ADMIN OPTION FOR "rds_iam" FROM "litellm_auditor";',
      'npm run --silent database-setup',
      undefined,
    ]);
  });

  it('says how many rights are not shown when there are more than fit', () => {
    const findings = evaluateWith({ role: role({ excess: [excess()], excessCount: 51 }) });

    expect(findings).toMatchObject([{ evidence: { notShown: 50 } }]);
  });

  describe('a role without the mark of the setup script', () => {
    const everything = [
      excess({ right: 'SUPERUSER', object: '', place: 'role', name: 'litellm' }),
      excess({ right: 'CREATEROLE', object: '', place: 'role', name: 'litellm' }),
      excess({ right: 'MEMBER', object: 'rds_superuser', place: 'role', name: 'litellm' }),
      excess({ right: 'DELETE, INSERT, SELECT, UPDATE', object: 'table public."LiteLLM_Config"', name: 'litellm' }),
      excess({ right: 'OWNER', object: 'table public."LiteLLM_Config"', place: 'elsewhere', name: 'litellm' }),
    ];
    const litellms = role({ name: 'litellm', isMarked: false, excess: everything });
    const used = seen(sessions({ groups: [sessionGroup({ user: 'litellm' })] }));

    it.each<[string, Partial<ServerSource>, Partial<Snapshot['sources']>, Partial<Settings>]>([
      ['it owns the tables', { role: litellms }, { sessions: seen(sessions({ groups: [] })) }, {}],
      [
        'it may act as their owner',
        {
          role: role({
            name: 'app',
            isMarked: false,
            excess: [excess({ right: 'MEMBER', object: 'litellm', place: 'role' }), ...everything.slice(3, 4)],
          }),
        },
        {},
        {},
      ],
      [
        'the sessions of LiteLLM use it, and another one owns the tables',
        { role: litellms, tables: [{ ...table('LiteLLM_Config', []), owner: 'admin' }] },
        { sessions: used },
        {},
      ],
      [
        "it is configured as LiteLLM's user, and holds no session now",
        { role: litellms, tables: [{ ...table('LiteLLM_Config', []), owner: 'admin' }] },
        { sessions: failed('timeout') },
        { litellmUser: 'litellm' },
      ],
    ])('gets one info, and no REVOKE or ALTER, when %s', (_name, changes, sources, tuning) => {
      const snapshot = healthySnapshot({ sources: { server: seen(server(changes)), ...sources } });

      const all = evaluate(snapshot, settingsFor(tuning));
      const findings = all.filter(({ checkId }) => checkId === ID);

      expect(findings).toMatchObject([
        {
          status: 'info',
          evidence: { auditedAsLitellm: true },
          advice: [{ command: 'npm run --silent database-setup' }],
        },
      ]);
      expect(JSON.stringify(all.map(({ advice }) => advice.map(({ command }) => command)))).not.toMatch(
        /REVOKE|ALTER ROLE/,
      );
    });

    it('is warned of, and gets no REVOKE either, when nothing shows whose it is', () => {
      const findings = evaluateWith({
        role: role({ name: 'somebody', isMarked: false, excess: everything.slice(1, 4) }),
      });

      expect(findings).toMatchObject([{ status: 'warning', subject: 'role somebody: excessive privileges' }]);
      expect(findings.flatMap(({ advice }) => advice.map(({ command }) => command))).toEqual([
        'npm run --silent database-setup',
      ]);
    });
  });

  it("warns of rights that others have on the auditor's schema, which the setup script revokes", () => {
    const findings = evaluateWith({
      role: role({
        excess: [
          excess({
            right: 'EXECUTE',
            object: 'function litellm_auditor.purge()',
            place: 'auditor',
            holder: 'public',
            name: 'PUBLIC',
          }),
          excess({
            right: 'EXECUTE',
            object: 'function litellm_auditor.purge()',
            place: 'auditor',
            holder: 'other',
            name: 'app_ro',
          }),
        ],
      }),
    });

    expect(findings).toMatchObject([
      {
        status: 'warning',
        evidence: {
          rightsOfOthers: [
            'PUBLIC: EXECUTE on function litellm_auditor.purge()',
            'app_ro: EXECUTE on function litellm_auditor.purge()',
          ],
        },
        advice: [{ command: 'npm run --silent database-setup' }],
      },
    ]);
  });

  it("reports what PUBLIC has on LiteLLM's tables as info, and advises to change nothing", () => {
    const findings = evaluateWith({
      role: role({ excess: [excess({ right: 'CREATE', object: 'schema public', holder: 'public', name: 'PUBLIC' })] }),
    });

    expect(findings).toMatchObject([{ status: 'info', evidence: { rightsOfPublic: ['CREATE on schema public'] } }]);
    expect(findings[0]?.advice.every(({ command }) => command === undefined)).toBe(true);
  });

  it('leaves what 0.1.0 granted to setup-current until the setup script of this release has run', () => {
    const former = [excess({ object: 'table column public."LiteLLM_TeamTable".router_settings' })];

    const before = evaluateWith({ setup: setup({ state: 'outdated' }), role: role({ excess: former }) });
    const after = evaluateWith({ role: role({ excess: former }) });

    expect([before, after]).toMatchObject([[{ status: 'ok' }], [{ status: 'warning' }]]);
  });

  it('is unknown when the snapshot is of 0.1.0, which looked for some rights only', () => {
    expect(evaluateWith({ role: role({ excess: null }) })).toMatchObject([{ status: 'unknown' }]);
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
      role: role({
        seesAllSessions: false,
        excess: [
          excess(),
          excess({ place: 'auditor', holder: 'other', name: 'app' }),
          excess({ holder: 'public', name: 'PUBLIC' }),
        ],
      }),
    });

    expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(5);
    expect(findings.map(({ status }) => status)).toEqual(['warning', 'warning', 'unknown', 'unknown', 'info']);
    expect(new Set(findings.map(({ kind }) => kind))).toEqual(new Set(['risk']));
  });
});
