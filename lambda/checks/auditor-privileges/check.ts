import { counted, listed } from '../../core/text.ts';
import type { Settings } from '../../settings/settings.ts';
import type { ServerSource, Snapshot } from '../../snapshot/snapshot.ts';
import { type CheckResult, defineCheck, risk } from '../check.ts';
import { seeAllSessions } from '../remediation.ts';
import { columnGrant, INSTALL, revokeExcessivePrivileges, revokeSecrets, revokeWrites, useFunction } from './advice.ts';

/** One concern each, or that there is none. */
export type PrivilegeFacts =
  | { readonly usesReservedSlots: boolean; readonly isIamUser: boolean }
  | { readonly missing: string }
  | { readonly missing: readonly { readonly table: string; readonly columns: readonly string[] }[] }
  | { readonly globalRowFunction: ServerSource['globalRowFunction'] }
  | { readonly excessivePrivileges: readonly string[] }
  | { readonly writableTables: readonly string[] }
  | { readonly readableSecrets: readonly string[] }
  | { readonly ownsLitellmTables: true }
  | { readonly inRecovery: true; readonly writerEndpoint?: string }
  | { readonly inspected: string; readonly others: readonly string[] };

/** Whether the auditor sees what it must, and no more. One result per concern; a single ok one when there is none. */
export const auditorPrivileges = defineCheck({
  id: 'auditor-privileges',
  title: "The auditor's role sees all that it must, and no more.",
  kind: 'risk',
  needs: ['server'],
  evaluate({ seen: { server }, snapshot }, settings) {
    const concerns = [
      ...sessionsConcern(server),
      ...columnsConcern(server),
      ...globalRowConcern(server, snapshot),
      ...excessivePrivilegesConcern(server),
      ...(ownsTables(server) ? [ownerNote(server)] : [...writesConcern(server), ...secretsConcern(server)]),
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
  const lacking = tables.flatMap((table) => {
    const columns = table.columns.filter((column) => !table.readable.includes(column));
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

/** The row may be readable without the function: the shell can audit as LiteLLM's own user. */
function globalRowConcern(server: ServerSource, snapshot: Snapshot): readonly CheckResult<PrivilegeFacts>[] {
  const { role, globalRowFunction, litellmSchema } = server;
  const routerSettings = snapshot.sources['router-settings'];
  const seen = routerSettings.status === 'ok' && routerSettings.value.global.state !== 'hidden';
  if (globalRowFunction === 'executable' || litellmSchema === null || seen) return [];
  const absent = globalRowFunction === 'absent';
  return [
    risk({
      status: 'unknown',
      subject: `role ${role.name}: global row`,
      summary: absent
        ? 'The function that describes the global router_settings row without its values is not installed.'
        : `The role ${role.name} may not execute the function that describes the global router_settings row.`,
      facts: { globalRowFunction },
      advice: absent ? INSTALL : [useFunction(role.name)],
    }),
  ];
}

function excessivePrivilegesConcern({ role }: ServerSource): readonly CheckResult<PrivilegeFacts>[] {
  if (role.excessivePrivileges.length === 0) return [];
  return [
    risk({
      status: 'warning',
      subject: `role ${role.name}: excessive privileges`,
      summary: `The role ${role.name} has more rights than an auditor requires: ${listed(role.excessivePrivileges)}.`,
      facts: { excessivePrivileges: role.excessivePrivileges },
      advice: [revokeExcessivePrivileges(role.name, role.excessivePrivileges)],
    }),
  ];
}

/** Its rights come with the tables, and a REVOKE of them from their owner would stop LiteLLM. */
function ownsTables({ role, tables }: ServerSource): boolean {
  return tables.some(({ owner }) => owner === role.name);
}

function ownerNote({ role }: ServerSource): CheckResult<PrivilegeFacts> {
  return risk({
    status: 'info',
    subject: `role ${role.name}: owner`,
    summary: `Audited as ${role.name}, which owns LiteLLM's tables and so can read and write all of them.`,
    facts: { ownsLitellmTables: true },
    advice: [
      {
        text: 'For audits on a schedule, create a role for the auditor, which can do neither. Revoke nothing from this role: LiteLLM may use it.',
        command: 'npm run --silent database-setup',
      },
    ],
  });
}

function writesConcern({ role }: ServerSource): readonly CheckResult<PrivilegeFacts>[] {
  // A superuser may do everything, which its own finding says already; no REVOKE helps.
  if (role.writableTables.length === 0 || role.excessivePrivileges.includes('superuser')) return [];
  return [
    risk({
      status: 'warning',
      subject: `role ${role.name}: writing`,
      summary: `The role ${role.name} may change ${counted(role.writableTables.length, 'table')} of LiteLLM: ${listed(role.writableTables)}.`,
      facts: { writableTables: role.writableTables },
      advice: revokeWrites(role.name, role.writableTables),
    }),
  ];
}

function secretsConcern({ role }: ServerSource): readonly CheckResult<PrivilegeFacts>[] {
  if (role.readableSecrets.length === 0 || role.excessivePrivileges.includes('superuser')) return [];
  return [
    risk({
      status: 'warning',
      subject: `role ${role.name}: secrets`,
      summary: `The role ${role.name} could read ${counted(role.readableSecrets.length, 'secret column')}: ${listed(role.readableSecrets)}.`,
      facts: { readableSecrets: role.readableSecrets },
      advice: revokeSecrets(role.name, role.readableSecrets),
    }),
  ];
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
          text: 'Name the right one as "litellmSchema" in the configuration, with one database entry for each that is in use.',
        },
      ],
    }),
  ];
}
