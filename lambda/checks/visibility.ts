import { escapeIdentifier } from 'pg';
import type { Advice } from '../core/finding.ts';
import { counted } from '../core/text.ts';
import type { Settings } from '../settings/settings.ts';
import type { SessionsSource, Snapshot } from '../snapshot/snapshot.ts';
import type { CheckResult } from './check.ts';
import { result } from './result.ts';

/** The grant that shows other roles' sessions. pg_monitor holds pg_read_all_stats (knowledge/aws.md, Amazon RDS). */
export function seeAllSessions(role: string): Advice {
  return {
    text: 'As the RDS master user, let the auditor see all sessions:',
    command: `GRANT pg_monitor TO ${escapeIdentifier(role)};`,
  };
}

/** The `unknown` result of a check that looks at single sessions while some are hidden; none when all are seen. */
export function hiddenSessions(
  sessions: SessionsSource,
  snapshot: Snapshot,
  settings: Settings,
): readonly CheckResult[] {
  if (sessions.hidden === 0) return [];
  return [
    result({
      status: 'unknown',
      subject: `database ${snapshot.database}`,
      summary: `${counted(sessions.hidden, 'session')} of ${sessions.total} could not be judged: the role ${settings.target.user} may not see their details.`,
      evidence: { sessions: sessions.total, hidden: sessions.hidden },
      advice: [seeAllSessions(settings.target.user)],
    }),
  ];
}
