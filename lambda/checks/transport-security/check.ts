import type { Advice } from '../../core/finding.ts';
import { counted } from '../../core/text.ts';
import { byClient, clientCondition, RDS_ROLE } from '../../model/clients.ts';
import type { SessionGroup, SessionsSource } from '../../snapshot/snapshot.ts';
import { type CheckResult, defineCheck } from '../check.ts';
import { result, type Uncertainty } from '../result.ts';
import { hiddenSessions } from '../visibility.ts';

/** LiteLLM's sessions are known by their database, since its pool names no application (knowledge/litellm.md section 4). */
export const transportSecurity = defineCheck({
  id: 'transport-security',
  title: "Every session in LiteLLM's database is encrypted.",
  needs: ['sessions'],
  judge({ source: { sessions }, snapshot }, settings) {
    const { databaseName } = settings.target;
    const own = sessions.groups.filter((group) => group.database === databaseName && group.user !== RDS_ROLE);
    const plain = own.filter((group) => group.tls === false && group.clientAddress !== null);
    const uncertainty = uncertaintyOf(sessions);
    const clients = [...byClient(plain)].map(([client, groups]) =>
      judgeClient(client, groups, databaseName, uncertainty),
    );
    const hidden = hiddenSessions(sessions, snapshot, settings);
    if (clients.length + hidden.length > 0) return [...clients, ...hidden];
    const encrypted = sum(own.filter((group) => group.tls === true));
    const local = sum(own.filter((group) => group.clientAddress === null));
    return [
      result({
        status: 'ok',
        subject: `database ${snapshot.database}`,
        summary: `${counted(encrypted, 'session')} in ${databaseName} ${encrypted === 1 ? 'is' : 'are'} encrypted, and none over the network is not.`,
        evidence: { encrypted, localSocket: local },
        uncertainty,
      }),
    ];
  },
});

function judgeClient(
  client: string,
  groups: readonly SessionGroup[],
  databaseName: string,
  uncertainty: Uncertainty | null,
): CheckResult {
  const count = sum(groups);
  return result({
    status: 'warning',
    subject: `client ${client}`,
    summary: `${counted(count, 'session')} of ${client} in ${databaseName} ${count === 1 ? 'is' : 'are'} not encrypted.`,
    evidence: {
      sessions: count,
      applications: [...new Set(groups.map(({ application }) => application))].filter((name) => name !== ''),
    },
    advice: adviceOf(groups),
    uncertainty,
  });
}

function adviceOf(groups: readonly SessionGroup[]): readonly Advice[] {
  const [first] = groups;
  return [
    ...(first
      ? [
          {
            text: 'See them:',
            command: `SELECT a.pid, a.datname, a.application_name, a.backend_start FROM pg_stat_activity AS a JOIN pg_stat_ssl AS t USING (pid)
 WHERE NOT t.ssl AND ${clientCondition(first)};`,
          },
        ]
      : []),
    {
      text: 'When it is a LiteLLM proxy, add sslmode=require to the query of its DATABASE_URL and restart it; other clients have their own setting.',
    },
    {
      text: 'When all clients use TLS, let the server insist: rds.force_ssl = 1 in the parameter group. New connections without TLS are refused at once, without a reboot.',
    },
  ];
}

function sum(groups: readonly SessionGroup[]): number {
  return groups.reduce((total, { count }) => total + count, 0);
}

function uncertaintyOf({ groups, groupCount }: SessionsSource): Uncertainty | null {
  if (groupCount <= groups.length) return null;
  return {
    confidence: 'medium',
    reason: `Only the ${groups.length} largest of ${groupCount} groups of sessions were looked at.`,
  };
}
