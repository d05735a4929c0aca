import { counted, listed } from '../../core/text.ts';
import { AUDITED_COLUMNS } from '../../litellm/tables.ts';
import type { Settings } from '../../settings/settings.ts';
import { columnGrant } from '../../snapshot/litellm/tables.ts';
import type { ServerSource, Snapshot } from '../../snapshot/snapshot.ts';
import { type CheckResult, defineCheck, risk } from '../check.ts';
import { seeAllSessions } from '../remediation.ts';
import { ownRole } from './advice.ts';
import { type ExcessFacts, excessConcerns } from './excess.ts';
import { isLitellmsRole } from './litellms-role.ts';

/** One concern each, or that there is none. */
export type PrivilegeFacts =
  | ExcessFacts
  | { readonly usesReservedSlots: boolean; readonly isIamUser: boolean }
  | { readonly missing: string }
  | { readonly missing: readonly { readonly table: string; readonly columns: readonly string[] }[] }
  | { readonly auditedAsLitellm: true }
  | { readonly inRecovery: true; readonly writerEndpoint?: string }
  | { readonly inspected: string; readonly others: readonly string[] };

/** Whether the auditor sees what it must, and no more. One result per concern; a single ok one when there is none. */
export const auditorPrivileges = defineCheck({
  id: 'auditor-privileges',
  title: "The auditor's role sees all that it must, and no more.",
  kind: 'risk',
  needs: ['server'],
  evaluate({ seen: { server }, snapshot }, settings) {
    const isLitellms = isLitellmsRole(server, snapshot, settings);
    const concerns = [
      ...sessionsConcern(server),
      ...columnsConcern(server),
      ...(isLitellms ? [litellmNote(server)] : []),
      ...excessConcerns(server, isLitellms),
      ...replicaConcern(server, snapshot),
      ...schemasConcern(server, snapshot, settings),
    ];
    if (concerns.length > 0) return concerns;
    return [
      risk<PrivilegeFacts>({
        status: 'ok',
        subject: `role ${server.role.name}`,
        summary: `The role ${server.role.name} sees all sessions and what the checks need of ${counted(server.tables.length, 'LiteLLM table')}, and can neither write nor read a key or a secret.`,
        facts: { usesReservedSlots: server.role.usesReservedSlots, isIamUser: server.role.isIamUser },
      }),
    ];
  },
});

function sessionsConcern({ role }: ServerSource): readonly CheckResult<PrivilegeFacts>[] {
  if (role.seesAllSessions) return [];
  return [
    risk({
      status: 'unknown',
      subject: `role ${role.name}: sessions`,
      summary: `The role ${role.name} cannot see the sessions of other roles.`,
      facts: { missing: 'pg_read_all_stats, a part of pg_monitor' },
      advice: [seeAllSessions(role.name)],
    }),
  ];
}

function columnsConcern({ role, tables }: ServerSource): readonly CheckResult<PrivilegeFacts>[] {
  const granted = new Map<string, readonly string[]>(Object.entries(AUDITED_COLUMNS));
  const lacking = tables.flatMap((table) => {
    const columns = table.columns.filter(
      (column) => granted.get(table.name)?.includes(column) && !table.readable.includes(column),
    );
    return columns.length > 0 ? [{ table, columns }] : [];
  });
  if (lacking.length === 0) return [];
  return [
    risk({
      status: 'unknown',
      subject: `role ${role.name}: columns`,
      summary: `The role ${role.name} cannot read ${listed(lacking.map(({ table, columns }) => `${counted(columns.length, 'column')} of ${table.name}`))} that the checks need.`,
      facts: { missing: lacking.map(({ table, columns }) => ({ table: `${table.schema}.${table.name}`, columns })) },
      advice: [
        {
          text: "As the owner of LiteLLM's tables:",
          command: lacking.map(({ table, columns }) => columnGrant(table, columns, role.name)).join('\n'),
        },
      ],
    }),
  ];
}

function litellmNote({ role }: ServerSource): CheckResult<PrivilegeFacts> {
  return risk({
    status: 'info',
    subject: `role ${role.name}: LiteLLM's own`,
    summary: `Audited as ${role.name}, which LiteLLM or another program uses. Its rights are theirs, and more than an auditor requires.`,
    facts: { auditedAsLitellm: true },
    advice: [ownRole(role.name)],
  });
}

function replicaConcern(server: ServerSource, snapshot: Snapshot): readonly CheckResult<PrivilegeFacts>[] {
  if (!server.inRecovery) return [];
  const { rds } = snapshot.sources;
  const writer = rds.status === 'ok' && rds.value.kind === 'cluster' ? rds.value.endpoint : null;
  return [
    risk({
      status: 'unknown',
      subject: `database ${snapshot.database}: writer`,
      summary: 'This server is a read replica: what LiteLLM holds on the writer cannot be seen from here.',
      facts: { inRecovery: true, ...(writer === null ? {} : { writerEndpoint: writer }) },
      advice: [
        {
          text: `Set "host" in the configuration to the writer's endpoint${writer === null ? '' : `, ${writer}`}. To watch the replica too, add it as a database of its own.`,
        },
      ],
    }),
  ];
}

function schemasConcern(
  server: ServerSource,
  snapshot: Snapshot,
  settings: Settings,
): readonly CheckResult<PrivilegeFacts>[] {
  const { litellmSchema, otherLitellmSchemas } = server;
  if (litellmSchema === null || otherLitellmSchemas.length === 0 || settings.litellmSchema !== undefined) return [];
  return [
    risk({
      status: 'info',
      subject: `database ${snapshot.database}: schemas`,
      summary: `${otherLitellmSchemas.length + 1} schemas hold LiteLLM tables; only ${litellmSchema} was audited, not ${listed(otherLitellmSchemas)}.`,
      facts: { inspected: litellmSchema, others: otherLitellmSchemas },
      advice: [
        {
          text: 'Name the right one as "litellmSchema" in the configuration, with one database entry for each that is in use, each with a "user" and an "auditorSchema" of its own.',
        },
      ],
    }),
  ];
}
