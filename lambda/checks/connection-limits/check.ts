import { listed } from '../../core/text.ts';
import type { Topology } from '../../model/topology.ts';
import type { Settings } from '../../settings/settings.ts';
import type { ServerSource, SessionsSource } from '../../snapshot/snapshot.ts';
import { defineCheck, incident, notEvaluated } from '../check.ts';
import type { ConnectionLimitFacts } from './facts.ts';
import { evaluateLimit } from './limit.ts';
import { evaluatePooler } from './pooler.ts';

export const connectionLimits = defineCheck({
  id: 'connection-limits',
  title: "No CONNECTION LIMIT of LiteLLM's role or database is reached.",
  kind: 'incident',
  needs: ['server', 'sessions', 'slots', 'topology'],
  evaluate({ seen: { server, sessions, slots, topology }, snapshot }, settings) {
    const subject = `database ${snapshot.database}`;
    const pooler = evaluatePooler(server, topology, snapshot);
    if (sessions.limits === null) {
      return [
        ...pooler,
        notEvaluated({
          subject,
          summary: 'Not checked: this snapshot was saved by a release that did not read CONNECTION LIMITs.',
          advice: [{ text: 'Audit again with this release.' }],
        }),
      ];
    }
    const { database } = sessions.limits;
    const roles = litellmRoles(server, topology, settings);
    const limits = [
      ...ownLimits(sessions, roles).map((limit) => ({ limit, scope: 'role' as const })),
      ...(database === null ? [] : [{ limit: database, scope: 'database' as const }]),
    ].map(({ limit, scope }) => evaluateLimit(limit, { scope, subject, slots, topology, settings }));
    if (limits.length + pooler.length > 0) return [...limits, ...pooler];
    return [
      incident<ConnectionLimitFacts>({
        status: 'ok',
        subject,
        summary: `${roles.length === 0 ? 'The database' : `Neither the database nor ${listed(roles)}`} has ${roles.length === 0 ? 'no' : 'a'} CONNECTION LIMIT.`,
        facts: { scope: 'none' },
      }),
    ];
  },
});

/** Without a session of it, such as when its limit is 0, LiteLLM's role is the configured one, or the owner of its tables. */
function litellmRoles({ tables }: ServerSource, { who }: Topology, { litellmUser }: Settings): readonly string[] {
  if (who !== null) return who.users;
  return litellmUser === undefined ? [...new Set(tables.map(({ owner }) => owner))] : [litellmUser];
}

function ownLimits({ limits }: SessionsSource, roles: readonly string[]) {
  return (limits?.roles ?? []).filter(({ name }) => roles.includes(name));
}
