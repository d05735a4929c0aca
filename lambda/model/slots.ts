import type { Settings } from '../settings/settings.ts';
import type { ServerSource, SessionsSource } from '../snapshot/snapshot.ts';

export interface SlotUse {
  /** Slots that an ordinary role may take. */
  readonly usable: number;
  /** Can be over `usable`: roles with reserved slots take slots too. */
  readonly used: number;
  /** Never below 0. */
  readonly free: number;
  /** `used` of `usable` in whole percent, rounded down so that it never claims a limit that is not reached; 100 when none is usable. */
  readonly usedPercent: number;
}

/** max_connections less the three reservations: ordinary roles may take no slot of these. */
export function usableSlots({ maxConnections, reserved }: ServerSource): number {
  return Math.max(0, maxConnections - reserved.superuser - reserved.rds - reserved.role);
}

/** How many connection slots ordinary roles may take and how many are taken, without the auditor's own session. */
export function slotUse(server: ServerSource, sessions: SessionsSource): SlotUse {
  const usable = usableSlots(server);
  const used = usedSlots(server, sessions);
  return {
    usable,
    used,
    free: Math.max(0, usable - used),
    usedPercent: usable > 0 ? Math.floor((100 * used) / usable) : 100,
  };
}

/**
 * pg_stat_activity can undercount when sessions are hidden from the role. numbackends cannot, but it also counts PostgreSQL's own
 * workers, so it is used only then.
 */
function usedSlots(server: ServerSource, sessions: SessionsSource): number {
  return sessions.hidden > 0 ? Math.max(sessions.total, server.totalBackends) : sessions.total;
}

/** With fewer free slots than this `headroomStatus` is critical. */
export function criticalBelow(
  usable: number,
  { headroomCriticalPercent, headroomMinimumSlots }: Pick<Settings, 'headroomCriticalPercent' | 'headroomMinimumSlots'>,
): number {
  const fewestUsed = Math.ceil((usable * headroomCriticalPercent) / 100);
  return Math.max(headroomMinimumSlots, usable - fewestUsed + 1);
}

/** How short of slots the server is, by the limits of the settings. */
export function headroomStatus({ usedPercent, free }: SlotUse, settings: Settings): 'ok' | 'warning' | 'critical' {
  if (usedPercent >= settings.headroomCriticalPercent || free < settings.headroomMinimumSlots) return 'critical';
  return usedPercent >= settings.headroomWarningPercent ? 'warning' : 'ok';
}
