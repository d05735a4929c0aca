import { listed } from '../core/text.ts';
import type { Uncertainty } from '../core/uncertainty.ts';
import type { Settings } from '../settings/settings.ts';
import type { ServerSource, SessionGroup } from '../snapshot/snapshot.ts';
import { AUDITOR_APPLICATION, RDS_PROXY_ROLE, RDS_ROLE } from './clients.ts';

const RDS_USERS: ReadonlySet<string> = new Set([RDS_ROLE, RDS_PROXY_ROLE]);

/** Programs that people and jobs use; a pool never names itself so. */
const TOOLS = /^(psql|pg_dump|pg_restore|pgadmin|dbeaver|datagrip|postgresql jdbc)/i;

type UserOrigin = 'configuration' | 'owner of its tables' | 'most sessions';

export interface LitellmUsers {
  readonly users: readonly string[];
  readonly from: UserOrigin;
  readonly uncertainties: readonly Uncertainty[];
}

/**
 * LiteLLM's database users: the configured one, else the owners of its tables that hold sessions, else the user with most sessions.
 * Tools that people use do not count. null when nobody holds a session that could be LiteLLM's.
 * @param groups the sessions of the audited database
 */
export function litellmUsers(
  groups: readonly SessionGroup[],
  server: ServerSource,
  settings: Settings,
): LitellmUsers | null {
  if (settings.litellmUser !== undefined)
    return { users: [settings.litellmUser], from: 'configuration', uncertainties: [] };
  // Whoever audits as LiteLLM's own user sees LiteLLM's sessions under that name; only the auditor's own role has the mark of the setup script.
  const isAuditor = (user: string) => user === settings.target.user && server.role.isMarked;
  const programs = groups.filter(
    ({ user, application }) =>
      !isTool(application) && application !== AUDITOR_APPLICATION && !RDS_USERS.has(user) && !isAuditor(user),
  );
  const owners = new Set(server.tables.map(({ owner }) => owner));
  const present = [...new Set(programs.map(({ user }) => user).filter((user) => owners.has(user)))];
  if (present.length > 0) return { users: present, from: 'owner of its tables', uncertainties: [] };
  const [most] = [...Map.groupBy(programs, ({ user }) => user)]
    .map(([user, own]) => ({ user, sessions: own.reduce((sum, { count }) => sum + count, 0) }))
    .sort((a, b) => b.sessions - a.sessions || (a.user < b.user ? -1 : 1));
  if (most === undefined) return null;
  return {
    users: [most.user],
    from: 'most sessions',
    uncertainties: [
      {
        confidence: 'medium',
        reason: `That ${most.user || 'the unnamed user'} is LiteLLM's user is a guess: it holds most sessions, and no owner of LiteLLM's tables${owners.size > 0 ? ` (${listed([...owners])})` : ''} holds any.`,
      },
    ],
  };
}

/**
 * The application name of the pool among its user's sessions: none, as Prisma's pool has it (knowledge/litellm.md section 4), else the one that
 * most sessions have, for a DATABASE_URL that sets one; null when only tools are there.
 */
export function poolApplication(groups: readonly SessionGroup[]): string | null {
  const programs = groups.filter(({ application }) => !isTool(application));
  if (programs.some(({ application }) => application === '')) return '';
  const [most] = programs.toSorted((a, b) => b.count - a.count || (a.application < b.application ? -1 : 1));
  return most?.application ?? null;
}

function isTool(application: string): boolean {
  return TOOLS.test(application);
}
