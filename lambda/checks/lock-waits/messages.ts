import { counted, durationText, listed } from '../../core/text.ts';
import type { PileFacts } from './facts.ts';

/** One or two sentences: who waits behind what, since when, and for what. */
export function summaryOf(facts: PileFacts): string {
  const { waiting, longestWaitSeconds } = facts;
  const longest = longestWaitSeconds === null ? '' : ` for up to ${durationText(longestWaitSeconds)}`;
  return `${counted(waiting, 'session')} ${waiting === 1 ? 'waits' : 'wait'} for a lock${longest}, behind ${headWords(facts)}.${change(facts)}${rows(facts)}`;
}

function headWords(facts: PileFacts): string {
  const { head, heads, client, buildOf, builtPercent, preventsWraparound } = facts;
  const [first] = heads;
  const who = client === null ? '' : ` of ${client}`;
  const pids = heads.length === 0 ? '' : ` (pid ${listed(heads.map(({ pid }) => String(pid)))})`;
  const since = first?.stateSeconds == null ? '' : durationText(first.stateSeconds);
  const several = heads.length > 1;
  switch (head) {
    case 'idle-transaction':
      return several
        ? `${heads.length} open transactions${who}${pids}, idle for up to ${longest(heads)}`
        : `an open transaction${who}${pids}, idle for ${since}`;
    case 'running-statement':
      return several
        ? `${heads.length} statements${who}${pids} that run for up to ${longest(heads)}`
        : `a statement${who}${pids} that runs for ${since}`;
    case 'index-build': {
      const progress = builtPercent === undefined ? '' : `, ${builtPercent} % of the current phase done`;
      return `the build of an index${buildOf === undefined ? '' : ` on ${buildOf}`}${who}${pids}, which runs for ${since}${facts.isMigration ? ' as part of a migration' : ''}${progress}`;
    }
    case 'autovacuum':
      return `autovacuum${pids}${preventsWraparound === true ? ', which prevents transaction ID wraparound' : ''}`;
    case 'migration-lock':
      return `an idle session${who}${pids} that holds the lock of migrations`;
    case 'idle-session':
      return `an idle session${who}${pids} that holds a lock, and has been idle for ${since}`;
    case 'server-process':
      return `a process of the server's own${pids}`;
    case 'hidden':
      return `sessions${who}${pids} whose state the auditor may not see`;
    case 'cycle':
      return `one another${pids}`;
    case 'unread':
      return `sessions${who}${pids} that wait themselves`;
    case 'prepared-transaction':
      return 'a prepared transaction, which has no session (two-phase commit)';
  }
}

function longest(heads: PileFacts['heads']): string {
  return durationText(Math.max(0, ...heads.map(({ stateSeconds }) => stateSeconds ?? 0)));
}

function change({ queuedChange }: PileFacts): string {
  if (queuedChange === undefined) return '';
  const { pid, mode, relation } = queuedChange;
  return ` DDL on ${relation ?? 'a table'} is queued (pid ${pid}, ${mode}): whoever uses that table waits behind it.`;
}

function rows({ tablesOfRows }: PileFacts): string {
  if (tablesOfRows === undefined || tablesOfRows.length === 0) return '';
  return ` They wait for rows of ${tablesOfRows.length === 1 ? tablesOfRows[0] : `one of ${listed(tablesOfRows)}`}.`;
}
