import { escapeIdentifier, escapeLiteral } from 'pg';
import type { Advice } from '../../core/finding.ts';

/** Who holds sessions on this server, so that it can be seen whether a restarted pod is among them. */
function sessionsOf(users: readonly string[]): string {
  const names = users.map((user) => escapeLiteral(user)).join(', ');
  return `SELECT client_addr, count(*), max(backend_start) AS newest FROM pg_stat_activity
 WHERE usename IN (${names}) GROUP BY client_addr ORDER BY 3 DESC;`;
}

/** After a failover that LiteLLM has not followed. The first step stops nothing that works: nobody of it is connected here. */
export function reconnect(users: readonly string[], endpoint: string | null): readonly Advice[] {
  const first = {
    text: 'Restart one proxy pod and see whether its sessions appear on this server. If they do, restart the others one at a time. If none appear, that pod connects to another server: compare its DATABASE_URL with "host" in the configuration, and restart nothing more.',
  };
  return [users.length === 0 ? first : { ...first, command: sessionsOf(users) }, writerEndpoint(endpoint)];
}

/** LiteLLM's sessions are on a server that cannot write. */
export function leaveReader(users: readonly string[], endpoint: string | null): readonly Advice[] {
  return [
    writerEndpoint(endpoint),
    {
      text: 'If it does, the pods kept their connections over a failover. Restart one pod and see that its requests are logged again, then the others one at a time:',
      command: sessionsOf(users),
    },
  ];
}

/** Somebody has made the database read-only, perhaps on purpose. */
export function removeReadOnly(database: string): readonly Advice[] {
  return [
    {
      text: 'See where it is set, and ask who set it before you change it:',
      command: `SELECT COALESCE(d.datname, 'every database') AS database, COALESCE(r.rolname, 'every role') AS role, s.setconfig
  FROM pg_db_role_setting AS s LEFT JOIN pg_database AS d ON d.oid = s.setdatabase LEFT JOIN pg_roles AS r ON r.oid = s.setrole
 WHERE s.setconfig::text LIKE '%default_transaction_read_only%';`,
    },
    {
      text: `Leave it while a switchover, a blue/green deployment or a copy of the database is under way: what is written meanwhile is lost. Otherwise remove it where the query shows it, after SET default_transaction_read_only = off in the same session (ALTER DATABASE ${escapeIdentifier(database)} RESET default_transaction_read_only, or the same with ALTER ROLE).`,
    },
    {
      text: 'It takes effect for new sessions: then restart the proxy pods one at a time.',
    },
  ];
}

function writerEndpoint(endpoint: string | null): Advice {
  const name = endpoint === null ? "the database's writer endpoint" : `the writer endpoint, ${endpoint}`;
  return {
    text: `Check that DATABASE_URL names ${name}: the endpoint of one instance or the reader endpoint (cluster-ro) leads to a reader after a failover.`,
  };
}
