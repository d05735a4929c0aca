import type { Advice } from '../../core/finding.ts';
import { counted } from '../../core/text.ts';
import type { LockSession } from '../../snapshot/snapshot.ts';
import { cancelStatements, endMigrationLock, endSessions, lookAt } from '../lock-commands.ts';
import { seeAllSessions } from '../remediation.ts';
import type { Pile } from './chains.ts';
import { isForRow, type PileFacts } from './facts.ts';

/** Sessions that a command names at most. */
const MOST_HEADS = 10;
/** Waiters for rows from which they are a queue, and not two who met. */
const QUEUE = 3;
/** Tables of which LiteLLM adds up the spend in one row each (db_spend_update_writer.py). */
const SPEND =
  /^LiteLLM_(?:(?:User|Team|Organization|EndUser|Tag)Table|(?:Team|Organization)Membership|VerificationToken|Daily\w*Spend)$/;

/** Migrations that were started and have not finished, by their names. */
type Unfinished = readonly string[];

export interface AdviceInput {
  readonly pile: Pile;
  readonly facts: PileFacts;
  readonly unfinished: Unfinished;
  /** The auditor's own role. */
  readonly role: string;
}

/** The steps, the first of them with its command: what is at the head decides. */
export function adviceOn(input: AdviceInput): readonly Advice[] {
  return [...firstSteps(input), ...queueSteps(input), ...spendSteps(input)];
}

function firstSteps(input: AdviceInput): readonly Advice[] {
  const { pile, facts, role } = input;
  const heads = headsOf(pile);
  switch (pile.kind) {
    case 'idle-transaction':
      return [
        {
          text: `Check what ${plural(heads, 'it is', 'they are')} with the first query. If nobody owns ${plural(heads, 'it', 'them')}, end ${plural(heads, 'it', 'them')} with the second: what was written is rolled back, and those behind go on.`,
          command: withLook(heads, endSessions(heads)),
        },
        {
          text: 'Then look in the log of that client for what it did at xact_start. A stopped migration or an open psql is common.',
        },
      ];
    case 'running-statement':
      return [
        {
          text: `Check what ${plural(heads, 'it is', 'they are')} with the first query, and wait if ${plural(heads, 'it is', 'they are')} needed. Otherwise cancel ${plural(heads, 'it', 'them')} with the second, which rolls back its transaction.${facts.isMigration ? ` ${CANCELLED_MIGRATION}` : ''}`,
          command: withLook(heads, cancelStatements(heads)),
        },
        ...(facts.isMigration ? migrationSteps(input) : []),
      ];
    case 'index-build':
      return buildSteps(input, heads);
    case 'autovacuum':
      return [
        {
          text:
            facts.preventsWraparound === false
              ? 'Wait: autovacuum gives way by itself to those who want the table.'
              : 'Do not cancel it. It has to finish, and would start again: without it the database stops accepting writes. It ends by itself.',
        },
      ];
    case 'migration-lock':
      return [endMigrationLock(heads)];
    case 'idle-session':
      return [
        {
          text: `Check whose ${plural(heads, 'it is', 'they are')} with the first query: a lock of a session, such as an advisory lock, stays until it is released. If nobody owns it, end the session with the second.`,
          command: withLook(heads, endSessions(heads)),
        },
      ];
    case 'prepared-transaction':
      return [
        {
          text: "Find out whose it is. Then end it as its owner, in that database, with ROLLBACK PREPARED or COMMIT PREPARED and the transaction's gid:",
          command: 'SELECT gid, prepared, owner, database FROM pg_prepared_xacts ORDER BY prepared;',
        },
      ];
    case 'hidden':
      return [seeAllSessions(role), { text: 'Then audit again, and see what they do:', command: lookAt(heads) }];
    case 'server-process':
      return [
        {
          text: "See what it is. It is a process of PostgreSQL's own, which no step here ends:",
          command: lookAt(heads),
        },
      ];
    case 'cycle':
    case 'unread':
      return [
        {
          text: 'Look again: PostgreSQL ends a deadlock by itself after deadlock_timeout, 1 s by default. Who waits for whom now:',
          command: `SELECT pid, usename, client_addr, state, wait_event_type, pg_blocking_pids(pid) AS blocked_by
  FROM pg_stat_activity WHERE wait_event_type = 'Lock' ORDER BY state_change LIMIT 20;`,
        },
      ];
  }
}

const CANCELLED_MIGRATION = 'It is a migration of LiteLLM: one that is cancelled stops the next start of LiteLLM.';

function buildSteps(input: AdviceInput, heads: readonly LockSession[]): readonly Advice[] {
  const { facts } = input;
  const table = facts.buildOf ?? 'the table';
  return [
    {
      text: `Wait while it advances: run this twice. Reading ${table} goes on meanwhile, and writing waits.`,
      command: `SELECT pid, phase, blocks_done, blocks_total, tuples_done, tuples_total
  FROM pg_stat_progress_create_index WHERE pid IN (${heads.map(({ pid }) => pid).join(', ')});`,
    },
    {
      text: `If it does not advance, or takes longer than the writes can wait, cancel it. There is no index then.${facts.isMigration ? ` ${CANCELLED_MIGRATION}` : ''}`,
      command: cancelStatements(heads) ?? lookAt(heads),
    },
    ...(facts.isMigration
      ? migrationSteps(input)
      : [{ text: 'Then build it with CREATE INDEX CONCURRENTLY, outside a transaction: writers go on meanwhile.' }]),
  ];
}

/** What has to be done after a migration was cancelled, by LiteLLM's own words (litellm_proxy_extras/utils.py). */
function migrationSteps({ unfinished }: AdviceInput): readonly Advice[] {
  const [name] = unfinished;
  const which = unfinished.length === 1 && name !== undefined ? name : 'the migration';
  return [
    {
      text: `After a cancellation stop LiteLLM's migration job. Read migration.sql of ${which} in LiteLLM's package, and do each of its statements by hand that is not done yet: CREATE INDEX as CREATE INDEX CONCURRENTLY.`,
    },
    {
      text: `Only when every change of it is there, tell Prisma so in a pod of the proxy, with the schema.prisma of the same build, and start LiteLLM again: prisma migrate resolve --applied ${which === name ? name : 'NAME'}. If nothing of it is there, use --rolled-back: LiteLLM then runs it again, with the same lock.`,
    },
  ];
}

/** DDL that is queued for a table keeps everybody waiting who came later, also those who only read. */
function queueSteps({ pile, facts }: AdviceInput): readonly Advice[] {
  const { queuedChange } = facts;
  const session = pile.waiters.find(({ pid }) => pid === queuedChange?.pid);
  if (queuedChange === undefined || session === undefined) return [];
  const command = cancelStatements([session]);
  if (command === null) return [];
  return [
    {
      text: `Or take the DDL on ${queuedChange.relation ?? 'the table'} out of the queue, which lets those behind it go on, and repeat it with a lock_timeout when nothing long runs. If it is a migration of LiteLLM, the cancellation makes it a failed one, which stops the next start of LiteLLM:`,
      command,
    },
  ];
}

/** Many who want one row add up spend in it, mostly: LiteLLM can do that in Redis. That they do is not seen. */
function spendSteps({ pile, facts: { tablesOfRows = [] } }: AdviceInput): readonly Advice[] {
  if (pile.waiters.filter(isForRow).length < QUEUE || !tablesOfRows.some((table) => SPEND.test(table))) return [];
  return [
    {
      text: `If it recurs, these ${counted(pile.waiters.length, 'session')} are LiteLLM's own updates of spend, which meet in one row: one team, key or user with most of the traffic. With use_redis_transaction_buffer: true in general_settings (it requires Redis) one pod writes for all.`,
    },
  ];
}

function headsOf({ chains }: Pile): readonly LockSession[] {
  return chains.flatMap(({ head: { session } }) => session ?? []).slice(0, MOST_HEADS);
}

function withLook(heads: readonly LockSession[], command: string | null): string {
  return command === null ? lookAt(heads) : `${lookAt(heads)}\n${command}`;
}

function plural<Words>(heads: readonly LockSession[], one: Words, several: Words): Words {
  return heads.length === 1 ? one : several;
}
