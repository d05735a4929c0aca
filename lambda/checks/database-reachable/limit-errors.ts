import { escapeIdentifier, escapeLiteral } from 'pg';
import { AUDITOR_ONLY, EVERYBODY, type Explanation } from './connection-error.ts';

const HOLDERS_SQL = `SELECT usename, client_addr, state, count(*), min(backend_start) AS oldest
  FROM pg_stat_activity WHERE backend_type = 'client backend'
 GROUP BY usename, client_addr, state ORDER BY count(*) DESC;`;

export const slotsExhausted: Explanation = ({ place }) => ({
  happened: `PostgreSQL is full: it refused the auditor a connection slot (SQLSTATE 53300), at ${place}.`,
  ...EVERYBODY,
  steps: [
    {
      text: 'See who holds the slots. The RDS master user and members of pg_use_reserved_connections may still get in.',
      command: HOLDERS_SQL,
    },
    {
      text: 'Restart the proxy pod whose address holds most idle sessions: that closes its pools, old ones included.',
    },
    {
      text: 'Then lower database_connection_pool_limit, so that limit x workers x pods, twice that during a rolling deployment, fits the usable slots.',
    },
    {
      text: 'To let the auditor in next time: PostgreSQL 16 or newer, reserved_connections above 0 in the parameter group, a reboot, and the setup script, which makes the auditor a member of pg_use_reserved_connections where the master user may grant that:',
      command: 'npm run --silent database-setup',
    },
    {
      text: 'The proxy\'s "All connection attempts failed" is another error, of its local query engine. In its log, "too many clients" or 53300 is this one.',
    },
  ],
});

const LIMITS_SQL = {
  role: (user: string) =>
    `SELECT rolname, rolconnlimit, (SELECT count(*) FROM pg_stat_activity WHERE usename = rolname) AS sessions FROM pg_roles WHERE rolname = ${escapeLiteral(user)};`,
  database: (name: string) =>
    `SELECT datname, datconnlimit, (SELECT count(*) FROM pg_stat_activity AS a WHERE a.datname = d.datname) AS sessions FROM pg_database AS d WHERE datname = ${escapeLiteral(name)};`,
};

export const roleLimit: Explanation = ({ target, place, asLitellm }) => ({
  happened: `The CONNECTION LIMIT of the role ${target.user} is reached, at ${place} (SQLSTATE 53300).`,
  ...(asLitellm
    ? { side: 'database', concerns: 'every new connection of LiteLLM, which uses the same role' }
    : { ...AUDITOR_ONLY, concerns: `the role ${target.user}; LiteLLM too, if it logs in as the same role` }),
  steps: [
    {
      text: 'As another role, see the limit (-1 is none) and who holds the sessions:',
      command: LIMITS_SQL.role(target.user),
    },
    { text: 'Close the sessions of the role that nobody uses, or raise its CONNECTION LIMIT.' },
  ],
});

export const databaseLimit: Explanation = ({ target, place }) => ({
  happened: `The CONNECTION LIMIT of the database ${target.databaseName} is reached, at ${place} (SQLSTATE 53300).`,
  side: 'database',
  concerns: `every new connection to ${target.databaseName}, LiteLLM included`,
  steps: [
    {
      text: 'Connect to another database of the server, and see the limit (-1 is none) and the sessions:',
      command: LIMITS_SQL.database(target.databaseName),
    },
    {
      text: "Raise the limit as the database's owner, or set it to -1, if the server has free slots (max_connections):",
      command: `ALTER DATABASE ${escapeIdentifier(target.databaseName)} CONNECTION LIMIT -1;`,
    },
  ],
});
