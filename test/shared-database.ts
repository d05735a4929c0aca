import { type Cluster, DATABASE_NAME, runSql, startCluster, superuserOf } from '../sandbox/database/cluster.ts';
import {
  createDatabase,
  type DatabaseOptions,
  openDatabase,
  type SandboxDatabase,
} from '../sandbox/database/database.ts';
import type { Postgres } from '../sandbox/database/postgres.ts';

/** Without those that decide about roles: a database that needs them has a server of its own, by the sandbox's `startDatabase`. */
type SharedOptions = Omit<DatabaseOptions, 'masterIsMember' | 'setUp'>;

interface SharedServer {
  cluster: Cluster;
  maxConnections: number;
  /** Names of template databases by the options they were made with. */
  readonly templates: Map<string, string>;
  /** `serverState` before anyone used a database. */
  state: string | undefined;
}

/** Of this process, which runs one test file after the other. They end with it. */
const idle: SharedServer[] = [];

/**
 * A new database as `startDatabase` of the sandbox makes it, on a server that is kept for the next one: it takes a tenth of the time. A
 * server is not used again when anything outside the database was left on it: a role, a right, a setting, a session.
 */
export async function startDatabase(options: SharedOptions = {}): Promise<SandboxDatabase> {
  const { maxConnections = 60 } = options;
  const server = await takeServer(maxConnections);
  try {
    await copyTemplate(server, options);
    return await openDatabase(server.cluster, options, () => giveBack(server));
  } catch (error) {
    await server.cluster.postgres.stop();
    throw error;
  }
}

async function takeServer(maxConnections: number): Promise<SharedServer> {
  const same = idle.findIndex((server) => server.maxConnections === maxConnections);
  const [server] = idle.splice(Math.max(0, same), 1);
  if (server === undefined) {
    return { cluster: await startCluster({ maxConnections }), maxConnections, templates: new Map(), state: undefined };
  }
  if (server.maxConnections !== maxConnections) {
    server.cluster = { ...server.cluster, postgres: await server.cluster.postgres.restart(maxConnections) };
    server.maxConnections = maxConnections;
  }
  return server;
}

async function copyTemplate(server: SharedServer, { litellm }: SharedOptions): Promise<void> {
  const { cluster, templates } = server;
  const key = JSON.stringify(litellm ?? {});
  const template = templates.get(key) ?? `template_${templates.size + 1}`;
  if (!templates.has(key)) {
    await createDatabase(cluster, template, { litellm });
    templates.set(key, template);
  }
  // The first setup script has made the auditor's role, which stays.
  server.state ??= await serverState(cluster.postgres);
  await runSql(superuserOf(cluster.postgres), `CREATE DATABASE ${DATABASE_NAME} OWNER litellm TEMPLATE ${template}`);
}

async function giveBack(server: SharedServer): Promise<void> {
  const { cluster, state } = server;
  try {
    await dropDatabase(cluster);
    if ((await serverState(cluster.postgres)) === state) {
      // The next one takes it first.
      idle.unshift(server);
      return;
    }
  } catch {
    // It does not answer, or is full: it is stopped.
  }
  await cluster.postgres.stop();
}

async function dropDatabase(cluster: Cluster): Promise<void> {
  await runSql(superuserOf(cluster.postgres), `DROP DATABASE ${DATABASE_NAME} WITH (FORCE)`);
}

/** What a test could leave behind outside its database. */
export async function serverState(postgres: Postgres): Promise<string> {
  const [row] = await runSql(
    superuserOf(postgres),
    `SELECT jsonb_build_object(
       'roles', (SELECT jsonb_agg(to_jsonb(a) ORDER BY a.oid) FROM pg_authid AS a),
       'memberships', (SELECT jsonb_agg(to_jsonb(m) ORDER BY m.oid) FROM pg_auth_members AS m),
       'role settings', (SELECT jsonb_agg(to_jsonb(s) ORDER BY s::text) FROM pg_db_role_setting AS s),
       'databases', (SELECT jsonb_agg(to_jsonb(d) - 'datfrozenxid' - 'datminmxid' ORDER BY d.oid) FROM pg_database AS d
                      WHERE datname !~ '^template_'),
       'tablespaces', (SELECT jsonb_agg(to_jsonb(t) ORDER BY t.oid) FROM pg_tablespace AS t),
       'parameter rights', (SELECT jsonb_agg(to_jsonb(p) ORDER BY p.oid) FROM pg_parameter_acl AS p),
       'configuration', (SELECT jsonb_agg(to_jsonb(f)) FROM pg_file_settings AS f),
       'slots', (SELECT count(*) FROM pg_replication_slots),
       'prepared', (SELECT count(*) FROM pg_prepared_xacts),
       'relations', (SELECT count(*) FROM pg_class),
       'functions', (SELECT count(*) FROM pg_proc),
       'sessions', (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid())
     )::text AS state`,
  );
  return String(row?.state);
}
