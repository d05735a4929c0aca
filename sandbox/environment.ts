import pg from 'pg';
import type { Config } from '../infra/config.ts';
import { type AwsEndpoints, startEndpoints } from './aws/endpoints.ts';
import type { CleanUp } from './clean-up.ts';
import { LABEL, RDS_IDENTIFIER, sandboxConfig } from './config.ts';
import { type DatabaseOptions, type SandboxDatabase, startDatabase } from './database/database.ts';
import { outgrownSpendLogsSql } from './database/litellm-rows.sql.ts';
import { startPods } from './database/pods.ts';
import { startProxy } from './proxy.ts';
import { metricSeries } from './scenarios/metrics.ts';
import { rdsState } from './scenarios/rds-state.ts';
import type { Scenario } from './scenarios/scenario.ts';

export const TOPIC_ARN = 'arn:aws:sns:eu-central-1:123456789012:litellm-db-auditor-sandbox';

/** What a start needs from its caller. */
export interface Context {
  /** Gets everything that has to be stopped, even when a later step fails. */
  readonly cleanUp: CleanUp;
  /** Shows what is done next. */
  readonly step: (what: string) => void;
  /** Cancels the start. */
  readonly signal: AbortSignal;
  /** Default: on a PostgreSQL of its own. */
  readonly openDatabase?: (options: DatabaseOptions) => Promise<SandboxDatabase>;
}

/** All that the function can reach in a scenario. */
export interface Environment {
  readonly database: SandboxDatabase;
  readonly endpoints: AwsEndpoints;
  /** What a user would configure for it. */
  readonly config: Config;
  /**
   * Connects the pods, and resolves when their sessions are what the scenario shows: at the end, since what they hold goes on changing.
   * @throws AbortError when it is cancelled
   */
  connectPods(): Promise<void>;
}

/** Starts the database and the proxy of a scenario, and the AWS endpoints. */
export async function startEnvironment(scenario: Scenario, context: Context): Promise<Environment> {
  const { cleanUp, step, signal, openDatabase = startDatabase } = context;
  const { version, maxConnections, litellm, pods, readiness, tuning } = scenario;
  step('Starting PostgreSQL with the data of a LiteLLM proxy');
  const database = cleanUp.add(await openDatabase({ maxConnections, litellm: { ...litellm, version } }), (it) =>
    it.stop(),
  );
  if (scenario.database === 'read-only') {
    await database.query('ALTER DATABASE litellm SET default_transaction_read_only = on');
  }
  step('Starting the proxy and the AWS endpoints');
  const proxy = cleanUp.add(await startProxy({ pods: pods.map(() => ({ version, database: readiness })) }), (it) =>
    it.stop(),
  );
  const endpoints = cleanUp.add(await startEndpoints(endpointOptions(database, scenario)), (it) => it.stop());
  const proxyName = scenario.history.rdsProxy?.name;
  const config = withRdsProxy(sandboxConfig(database, tuning, proxy.url, scenario.rds?.kind), proxyName);
  return {
    database,
    endpoints,
    config,
    async connectPods() {
      if (scenario.outgrownSpendLogs) {
        step('Filling the spend logs');
        await database.query(outgrownSpendLogsSql(pg.escapeIdentifier(database.schema)));
      }
      const { tokenRefreshSeconds: refreshSeconds } = scenario.tuning ?? {};
      step(
        `Connecting ${pods.length} proxy pods${refreshSeconds === undefined ? '' : ', which takes some token refreshes'}`,
      );
      const options = { signal, ...(refreshSeconds !== undefined && { refreshSeconds }) };
      const connected = cleanUp.add(await startPods(database, pods, options), (it) => it.stop());
      await connected.settled(idleEnough(scenario));
      await limitConnections(database, scenario, cleanUp);
      if (scenario.database === 'silent') database.inject({ kind: 'silent' });
    },
  };
}

/** As `rds.proxyName` in the file does. */
function withRdsProxy(config: Config, proxyName: string | undefined): Config {
  const databases = Object.entries(config.databases).map(([label, { rds, ...database }]) => [
    label,
    { ...database, rds: { ...rds, proxyName } },
  ]);
  return { databases: Object.fromEntries(databases) };
}

async function limitConnections(
  { litellmUser, query }: SandboxDatabase,
  { connectionLimit }: Scenario,
  cleanUp: CleanUp,
): Promise<void> {
  if (connectionLimit === undefined) return;
  const set = (limit: number) => query(`ALTER ROLE ${litellmUser} CONNECTION LIMIT ${limit}`);
  await set(connectionLimit);
  cleanUp.add(litellmUser, async () => {
    await set(-1);
  });
}

/** Seconds after which what the pods leak is old and idle to the checks, an open transaction is too, and a wait for a lock is long. */
function idleEnough({ tuning = {} }: Scenario) {
  const { tokenLifeSeconds = 0, idleInTransactionWarningSeconds = 0, lockWaitWarningSeconds = 0 } = tuning;
  return {
    leakedSeconds: 2 * tokenLifeSeconds + 1,
    transactionSeconds: idleInTransactionWarningSeconds + 0.5,
    lockSeconds: lockWaitWarningSeconds + 0.5,
  };
}

function endpointOptions({ region, credentials, host, port }: SandboxDatabase, { history, rds }: Scenario) {
  const kind = rds?.kind ?? 'instance';
  return {
    region,
    credentials,
    topics: [
      {
        arn: TOPIC_ARN,
        subscriptions: [
          { protocol: 'email', endpoint: 'oncall@example.com' },
          { protocol: 'https', endpoint: 'https://global.sns-api.chatbot.amazonaws.com' },
        ],
      },
    ],
    rds: rdsState(RDS_IDENTIFIER, { region, host, port }, rds),
    metrics: { series: metricSeries(history, { kind, identifier: RDS_IDENTIFIER, database: LABEL, now: new Date() }) },
  } as const;
}
