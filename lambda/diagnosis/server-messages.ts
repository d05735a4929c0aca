import type { CheckFinding } from '../checks/registry.ts';
import type { Shortage } from '../checks/server-load/facts.ts';
import { isStorageFull } from './facts.ts';
import { firstStep } from './first-step.ts';
import type { Messages } from './message.ts';
import type { Rule } from './rules.ts';
import { factsIn } from './signs.ts';

type ServerCause = Extract<
  Rule['id'],
  'storage-full' | 'server-overloaded' | 'failover-left-behind' | 'database-read-only' | 'bursts-fill-slots'
>;

/** Of the causes that are the server's, or of where LiteLLM is connected to. */
export const SERVER_MESSAGES: Readonly<Record<ServerCause, Messages>> = {
  'storage-full': {
    title: ({ findings }) => (isFullNow(findings) ? 'The storage of the database is full' : 'The storage runs out'),
    what: ({ lead, findings }) =>
      isFullNow(findings) ? `PostgreSQL does not serve while its storage is full. ${lead.summary}` : lead.summary,
    first: () => ({
      text: 'Raise the allocated storage of the instance (RDS console, Modify, Apply immediately). It cannot be lowered again, and not be changed for the next six hours. Where it was raised within the last six hours, its events say until when RDS is busy with that. Restarting LiteLLM or the database does not help.',
    }),
  },
  'server-overloaded': {
    title: ({ findings }) => OVERLOADS[shortages(findings)[0] ?? 'cpu'],
    what: ({ lead }) => `The server is too slow for what it is asked; the connections only show it. ${lead.summary}`,
    first: ({ lead }) => firstStep(lead),
  },
  'failover-left-behind': {
    title: () => 'LiteLLM missed a failover',
    what: ({ lead }) => lead.summary,
    first: ({ lead }) => firstStep(lead),
  },
  'database-read-only': {
    title: () => 'LiteLLM cannot write',
    what: ({ lead }) =>
      `Spend logs, keys and budgets are not saved while LiteLLM's sessions are read-only. ${lead.summary}`,
    first: ({ lead }) =>
      lead.checkId === 'failover'
        ? firstStep(lead)
        : {
            text: "See with LiteLLM's own DATABASE_URL whether it leads to a reader, or to a writer that is read-only. Only for a reader, put the writer endpoint into it or restart one pod after the other.",
            command: `SELECT pg_is_in_recovery() AS is_reader, current_setting('default_transaction_read_only') AS read_only;`,
          },
  },
  'bursts-fill-slots': {
    title: () => 'Bursts take all slots',
    what: ({ lead }) => `Between two audits all slots were taken; there is room now. ${lead.summary}`,
    first: ({ lead }) => firstStep(lead),
  },
};

const OVERLOADS: Readonly<Record<Exclude<Shortage, 'storage' | 'local-storage'>, string>> = {
  cpu: 'The CPU of the database is saturated',
  capacity: 'The database is at its maximum capacity',
  credits: 'The database has no CPU credits left',
  io: 'The disk of the database is too slow',
  memory: 'The database runs out of memory',
};

function shortages(findings: readonly CheckFinding[]): readonly (keyof typeof OVERLOADS)[] {
  return factsIn(findings, 'server-load').flatMap(({ shortOf }) =>
    shortOf === undefined || shortOf === 'storage' || shortOf === 'local-storage' ? [] : [shortOf],
  );
}

/** Whether RDS reports it as full, and not only as short. */
function isFullNow(findings: readonly CheckFinding[]): boolean {
  return (
    factsIn(findings, 'server-load').some(({ instanceStatus }) => instanceStatus !== undefined) ||
    factsIn(findings, 'rds-configuration').some(isStorageFull)
  );
}
