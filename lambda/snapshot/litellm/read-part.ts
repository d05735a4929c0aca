import pg from 'pg';
import * as z from 'zod';
import type { Advice } from '../../core/finding.ts';
import { parseAnswer } from '../answer.ts';
import { failureOf } from '../failure.ts';
import type { DatabaseConnection } from '../postgres/connect.ts';
import { postgresFailure } from '../postgres/failure.ts';
import { lockHolders } from '../postgres/lock-holders.ts';
import type { Unread } from '../schema/source.ts';
import type { ServerSource, SourceFailure, TableSource } from '../snapshot.ts';
import type { Plan } from './tables.ts';

type Named = Pick<TableSource, 'schema' | 'name'>;

/** How to read one part of a source, by a statement of its own. */
interface Part<Schema extends z.ZodType, State, Known> {
  readonly name: string;
  readonly plan: Plan<Known>;
  readonly schema: Schema;
  readonly toState: (answer: z.output<Schema>) => State;
}

/**
 * Reads one part. A lock, or a column of another type, costs this part alone.
 * @throws what the connection throws when it is lost: what comes next cannot be read either
 */
export async function readPart<Schema extends z.ZodType, State, Known>(
  connection: DatabaseConnection,
  { name, plan, schema, toState }: Part<Schema, State, Known>,
): Promise<State | Known | Unread> {
  if ('known' in plan) return plan.known;
  // The answer names its part, so that none is taken for that of another.
  const sql = `SELECT pg_catalog.jsonb_build_object('part', '${name}', 'answer', (${plan.sql}\n)) AS part`;
  const named = z.object({ part: z.literal(name), answer: z.unknown() });
  try {
    const { answer } = parseAnswer(named, await connection.value(sql, []));
    return toState(parseAnswer(schema, answer));
  } catch (error) {
    if (!connection.usable()) throw error;
    const failure = postgresFailure(error, { iam: false, phase: 'statement' });
    return { state: 'failed', failure: await explained(failure, plan.table, connection) };
  }
}

/** The failure, with the table that it is about. */
async function explained(failure: SourceFailure, table: Named, connection: DatabaseConnection): Promise<SourceFailure> {
  const { name } = table;
  switch (failure.kind) {
    case 'locked': {
      const { words, pids } = await lockHolders(connection, table);
      const message = `Timed out waiting for a lock on ${name}${words}.`;
      return { ...failure, message, ...(pids.length === 0 ? {} : { remediation: seeSessions(pids) }) };
    }
    case 'timeout':
      return { ...failure, message: `The statement on ${name} took longer than statement_timeout allows.` };
    case 'unexpected-columns':
      return { ...failure, message: `${name} has other columns or types than this release of the auditor knows.` };
    case 'row-security':
      return { ...failure, ...rowSecurityMessage(table), remediation: seePolicies(table) };
    case 'permission-denied':
    case 'server-error':
    case 'unexpected-answer':
      return { ...failure, message: `${failure.message.slice(0, -1)}, when ${name} was read.` };
    default:
      return failure;
  }
}

/**
 * What is known of a table that the role itself would read in part, by a policy; undefined when there is none. Behind a pooler that drops
 * `row_security=off`, PostgreSQL would not refuse.
 * @param withFunction the step that has the owner read the table for the role; the owner is not subject to policies, unless they are forced
 */
export function hiddenRows(
  { role }: ServerSource,
  table: TableSource,
  withFunction?: Advice,
): { readonly known: Unread } | undefined {
  if (!table.hasRowSecurity) return undefined;
  const remediation = (table.owner === role.name ? undefined : withFunction) ?? seePolicies(table);
  return {
    known: { state: 'failed', failure: failureOf('row-security', { ...rowSecurityMessage(table), remediation }) },
  };
}

function rowSecurityMessage({ name }: Named) {
  return { message: `Row-level security of ${name} would have hidden rows from the auditor, so it was not read.` };
}

/** No right is to be changed for an audit: who bypasses policies sees more than an auditor should, and the setup script refuses such a role. */
function seePolicies({ schema, name }: Named): Advice {
  return {
    text: 'LiteLLM makes no such policy, and may itself not see all rows. See who is kept from which rows:',
    command: `SELECT policyname, roles, cmd, qual FROM pg_policies WHERE schemaname = ${pg.escapeLiteral(schema)} AND tablename = ${pg.escapeLiteral(name)};`,
  };
}

function seeSessions(pids: readonly number[]): Advice {
  return {
    text: 'See what these sessions do, and since when. Queries of LiteLLM on that table wait for them too. Audit again once they are done:',
    command: `SELECT pid, usename, application_name, client_addr, state, xact_start, wait_event_type, pg_blocking_pids(pid)
  FROM pg_stat_activity WHERE pid IN (${pids.join(', ')});`,
  };
}
