import type { Advice } from '../../core/finding.ts';
import { counted } from '../../core/text.ts';
import type { Uncertainty } from '../../core/uncertainty.ts';
import { clientName, type Holder, rankHolders } from '../../model/clients.ts';
import { holdersBefore } from '../../model/holders-before.ts';
import type { Model } from '../../model/model.ts';
import { criticalBelow, headroomStatus, type SlotUse } from '../../model/slots.ts';
import type { Settings } from '../../settings/settings.ts';
import type { ServerSource, SessionsSource } from '../../snapshot/snapshot.ts';
import { defineCheck, incident } from '../check.ts';
import { seeAllSessions } from '../remediation.ts';
import { type PeakFacts, peakConcern } from './peaks.ts';

/** Of the clients that hold most. */
const SHOWN_HOLDERS = 5;

const HOLDERS_SQL = `SELECT usename, client_addr, application_name, state, count(*),
       min(backend_start) AS oldest_start, min(state_change) AS oldest_change
  FROM pg_stat_activity WHERE backend_type = 'client backend'
 GROUP BY usename, client_addr, application_name, state ORDER BY count(*) DESC;`;

type SlotFacts = {
  readonly maxConnections: number;
  readonly reservedForSuperusers: number;
  readonly reservedByRds: number;
  readonly reservedForRoles: number;
  readonly usable: number;
  readonly used: number;
  readonly free: number;
  readonly usedPercent: number;
  readonly idle: number;
  /** The highest number of connections of the last hours, by CloudWatch. */
  readonly peak?: number;
  readonly largestHolders: readonly { readonly client: string; readonly sessions: number; readonly idle: number }[];
  readonly otherClients?: number;
  readonly waitingForRestart?: readonly string[];
};

/** Of the slots at this moment, or of the peaks between two audits. */
export type HeadroomFacts = SlotFacts | PeakFacts;

export const connectionHeadroom = defineCheck({
  id: 'connection-headroom',
  title: 'Enough of the usable connection slots are free, and were at the peak of the last hours.',
  kind: 'incident',
  needs: ['server', 'sessions', 'slots'],
  evaluate({ seen: { server, sessions, slots }, snapshot, model }, settings) {
    const { trend } = model;
    const holders = rankHolders(sessions.groups);
    const status = headroomStatus(slots, settings);
    const [largest] = holders;
    return [
      incident<HeadroomFacts>({
        status,
        subject: `database ${snapshot.database}`,
        summary: summarize(slots, largest, settings),
        facts: {
          maxConnections: server.maxConnections,
          reservedForSuperusers: server.reserved.superuser,
          reservedByRds: server.reserved.rds,
          reservedForRoles: server.reserved.role,
          ...slots,
          idle: holders.reduce((sum, holder) => sum + holder.idle, 0),
          ...(trend !== null &&
            trend.points.length > 0 && { peak: Math.max(...trend.points.map(({ value }) => value)) }),
          largestHolders: holders.slice(0, SHOWN_HOLDERS).map((holder) => ({
            client: clientName(holder),
            sessions: holder.sessions,
            idle: holder.idle,
          })),
          ...(holders.length > SHOWN_HOLDERS ? { otherClients: holders.length - SHOWN_HOLDERS } : {}),
          ...(server.pendingRestart.length > 0 ? { waitingForRestart: server.pendingRestart } : {}),
        },
        advice: status === 'ok' ? [] : adviceOn(slots, largest, server, sessions, model),
        uncertainty: uncertaintyOf(sessions),
      }),
      // Where slots are short now, that is the finding.
      ...(trend === null || status !== 'ok'
        ? []
        : peakConcern(trend, slots, {
            maxConnections: server.maxConnections,
            before: holdersBefore(snapshot),
            database: snapshot.database,
          })),
    ];
  },
});

/** Whether addresses are known not to be those of pods. */
function isPooled({ topology }: Model): boolean {
  const sharing = topology?.sharing ?? null;
  return sharing !== null && sharing.kind !== 'crowded';
}

function summarize({ usable, used, free }: SlotUse, largest: Holder | undefined, settings: Settings): string {
  const taken = `${used} of ${usable} usable slots used, ${free} free (critical below ${criticalBelow(usable, settings)})`;
  return largest ? `${taken}; ${largest.sessions} held by ${holderText(largest)}.` : `${taken}.`;
}

function holderText({ user, clientAddress }: Holder): string {
  return `${user || 'an unknown user'} from ${clientAddress ?? 'an address that is not shown'}`;
}

function adviceOn(
  { usable }: SlotUse,
  largest: Holder | undefined,
  server: ServerSource,
  sessions: SessionsSource,
  model: Model,
): readonly Advice[] {
  const { saturated } = model.serverLoad;
  return [
    ...(largest
      ? [
          {
            text: `Start with ${holderText(largest)}: ${counted(largest.sessions, 'session')}, ${largest.idle} idle. ${isPooled(model) ? 'The address can be that of RDS Proxy, PgBouncer or NAT, so restart nothing by it: connection-limits shows what is in between.' : 'connection-leak and connection-ceiling show whether its pools still use them. A restart of that proxy pod closes them all.'}`,
          },
        ]
      : []),
    { text: 'Who holds what at this moment:', command: HOLDERS_SQL },
    {
      text: `Then make it fit: database_connection_pool_limit x workers x pods, twice that during a rolling deployment, has to stay below the ${usable} usable slots. ${saturated === null ? 'Lower the limit, or raise max_connections or the instance class.' : `Lower the limit. More slots would not help while ${saturated}.`}`,
    },
    ...(server.pendingRestart.includes('max_connections')
      ? [
          {
            text: `A change of max_connections waits for a restart; until then it is ${server.maxConnections}. Reboot the instance at a quiet time.`,
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
    reason: `The details of ${counted(sessions.hidden, 'session')} are hidden from the auditor's role. The total is the larger of two counts of PostgreSQL; who holds the rest is not known.`,
  };
}
