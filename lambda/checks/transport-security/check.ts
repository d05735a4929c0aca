import type { Advice } from '../../core/finding.ts';
import { counted } from '../../core/text.ts';
import type { Uncertainty } from '../../core/uncertainty.ts';
import { byClient, clientCondition, RDS_ROLE } from '../../model/clients.ts';
import type { SessionGroup, SessionsSource } from '../../snapshot/snapshot.ts';
import { defineCheck, type Evaluated, risk } from '../check.ts';
import { hiddenSessions } from '../not-evaluated.ts';

export type TransportFacts =
  | { readonly sessions: number; readonly applications: readonly string[] }
  | { readonly encrypted: number; readonly localSocket: number };

export const transportSecurity = defineCheck({
  id: 'transport-security',
  title: "Every session in LiteLLM's database is encrypted.",
  kind: 'risk',
  needs: ['sessions'],
  evaluate({ seen: { sessions }, snapshot }, settings) {
    const { databaseName } = settings.target;
    // Whoever is in LiteLLM's database: what travels there in the clear is LiteLLM's data, whoever reads it.
    const own = sessions.groups.filter((group) => group.database === databaseName && group.user !== RDS_ROLE);
    const plain = own.filter((group) => group.tls === false && group.clientAddress !== null);
    const uncertainty = uncertaintyOf(sessions);
    const clients = [...byClient(plain)].map(([client, groups]) =>
      unencrypted(client, groups, databaseName, uncertainty),
    );
    const hidden = hiddenSessions(sessions, snapshot, settings);
    if (clients.length + hidden.length > 0) return [...clients, ...hidden];
    const encrypted = sum(own.filter((group) => group.tls === true));
    const local = sum(own.filter((group) => group.clientAddress === null));
    return [
      risk<TransportFacts>({
        status: 'ok',
        subject: `database ${snapshot.database}`,
        summary:
          encrypted === 0
            ? `No session in ${databaseName} comes over the network.`
            : `All ${counted(encrypted, 'network session')} in ${databaseName} use TLS.`,
        facts: { encrypted, localSocket: local },
        uncertainty,
      }),
    ];
  },
});

function unencrypted(
  client: string,
  groups: readonly SessionGroup[],
  databaseName: string,
  uncertainty: Uncertainty | null,
): Evaluated<TransportFacts> {
  const count = sum(groups);
  return risk({
    status: 'warning',
    subject: `client ${client}`,
    summary: `${counted(count, 'session')} of ${client} in ${databaseName} ${count === 1 ? 'is' : 'are'} not encrypted.`,
    facts: {
      sessions: count,
      applications: [...new Set(groups.map(({ application }) => application))].filter((name) => name !== ''),
    },
    advice: adviceOn(groups),
    uncertainty,
  });
}

function adviceOn(groups: readonly SessionGroup[]): readonly Advice[] {
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
      text: 'If it is a LiteLLM proxy, add sslmode=require to the query part of its DATABASE_URL and restart it. Other clients have their own setting.',
    },
    {
      text: 'Once all clients use TLS, make the server require it: rds.force_ssl = 1 in the parameter group. New connections without TLS are then refused at once, without a reboot.',
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
    reason: `Only the ${groups.length} largest of ${groupCount} groups of sessions were read.`,
  };
}
