import type { Advice, Status } from '../../core/finding.ts';
import { counted } from '../../core/text.ts';
import { clientName, type Holder, holdersOf } from '../../model/clients.ts';
import { type SlotUse, slotUse } from '../../model/slots.ts';
import type { Settings } from '../../settings/settings.ts';
import type { ServerSource, SessionsSource } from '../../snapshot/snapshot.ts';
import { defineCheck } from '../check.ts';
import { result, type Uncertainty } from '../result.ts';
import { seeAllSessions } from '../visibility.ts';

/** Of the clients that hold most. */
const SHOWN_HOLDERS = 5;

const LOOK_SQL = `SELECT usename, client_addr, application_name, state, count(*),
       min(backend_start) AS oldest_start, min(state_change) AS oldest_change
  FROM pg_stat_activity WHERE backend_type = 'client backend'
 GROUP BY usename, client_addr, application_name, state ORDER BY count(*) DESC;`;

export const connectionHeadroom = defineCheck({
  id: 'connection-headroom',
  title: 'Enough of the usable connection slots are free.',
  needs: ['server', 'sessions'],
  judge({ source: { server, sessions }, snapshot }, settings) {
    const use = slotUse(server, sessions);
    const holders = holdersOf(sessions.groups);
    const status = statusOf(use, settings);
    const [largest] = holders;
    return [
      result({
        status,
        subject: `database ${snapshot.database}`,
        summary: summaryOf(use, largest),
        evidence: {
          maxConnections: server.maxConnections,
          reservedForSuperusers: server.reserved.superuser,
          reservedByRds: server.reserved.rds,
          reservedForRoles: server.reserved.role,
          usable: use.usable,
          used: use.used,
          free: use.free,
          usedPercent: use.usedPercent,
          idle: holders.reduce((sum, holder) => sum + holder.idle, 0),
          largestHolders: holders.slice(0, SHOWN_HOLDERS).map((holder) => ({
            client: clientName(holder),
            sessions: holder.sessions,
            idle: holder.idle,
          })),
          ...(holders.length > SHOWN_HOLDERS ? { otherClients: holders.length - SHOWN_HOLDERS } : {}),
          ...(server.pendingRestart.length > 0 ? { waitingForRestart: server.pendingRestart } : {}),
        },
        advice: status === 'ok' ? [] : adviceOf(use, largest, server, sessions),
        uncertainty: uncertaintyOf(sessions),
      }),
    ];
  },
});

function statusOf({ usedPercent, free }: SlotUse, settings: Settings): Status {
  if (usedPercent >= settings.headroomCriticalPercent || free < settings.headroomMinimumSlots) return 'critical';
  return usedPercent >= settings.headroomWarningPercent ? 'warning' : 'ok';
}

function summaryOf({ usable, used, usedPercent }: SlotUse, largest: Holder | undefined): string {
  const taken = `${used} of ${usable} usable slots are taken (${usedPercent} %)`;
  return largest ? `${taken}; ${largest.sessions} of them by ${holderText(largest)}.` : `${taken}.`;
}

function holderText({ user, clientAddress }: Holder): string {
  return `${user || 'an unknown user'} from ${clientAddress ?? 'an address that is not shown'}`;
}

function adviceOf(
  use: SlotUse,
  largest: Holder | undefined,
  server: ServerSource,
  sessions: SessionsSource,
): readonly Advice[] {
  return [
    ...(largest
      ? [
          {
            text: `Look first at ${holderText(largest)}: ${counted(largest.sessions, 'session')}, ${largest.idle} idle. connection-leak and connection-ceiling tell whether its pools still use them; a restart of that proxy pod closes them all.`,
          },
        ]
      : []),
    { text: 'Who holds what, at this moment:', command: LOOK_SQL },
    {
      text: `Then make it fit: database_connection_pool_limit x workers x pods, twice that during a rolling deploy, has to stay under the ${use.usable} usable slots. Lower the limit, or raise max_connections or the instance class.`,
    },
    ...(server.pendingRestart.includes('max_connections')
      ? [
          {
            text: `A change of max_connections waits for a restart: until then ${server.maxConnections} holds. Reboot the instance at a quiet time.`,
          },
        ]
      : []),
    ...(sessions.hidden > 0 ? [seeAllSessions(server.role.name)] : []),
  ];
}

function uncertaintyOf(sessions: SessionsSource): Uncertainty | null {
  if (sessions.hidden === 0) return null;
  return {
    confidence: 'medium',
    reason: `The details of ${counted(sessions.hidden, 'session')} are hidden from the auditor's role: the total is the larger of two counts of PostgreSQL, and who holds the rest is not known.`,
  };
}
