import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEndpoints } from '../sandbox/aws/endpoints.ts';
import { certificateAuthority, postgresInstance } from '../sandbox/aws/rds-objects.ts';
import { CleanUp } from '../sandbox/clean-up.ts';
import { LABEL, RDS_IDENTIFIER, sandboxConfig } from '../sandbox/config.ts';
import { startDatabase } from '../sandbox/database/database.ts';
import { startPods } from '../sandbox/database/pods.ts';
import { packageFunction } from '../sandbox/lambda/package.ts';
import { LambdaRuntime } from '../sandbox/lambda/runtime.ts';
import { benchAudit } from './audit.ts';
import { benchCatalog } from './catalog.ts';
import { benchImport } from './import.ts';

const TOPIC_ARN = 'arn:aws:sns:eu-central-1:123456789012:bench';
const TEAMS = 10_000;
const KEYS = 1_000_000;
const PODS = 20;
const CONNECTIONS_PER_POD = 15;
const MAX_CONNECTIONS = 400;
const TUNING = { litellmVersion: '1.108.13' };

console.log(`A database with ${KEYS} keys, ${TEAMS} teams and ${PODS * CONNECTIONS_PER_POD} sessions ...`);
const cleanUp = new CleanUp();
try {
  const database = cleanUp.add(
    await startDatabase({ maxConnections: MAX_CONNECTIONS, litellm: { teams: TEAMS, keys: KEYS } }),
    (it) => it.stop(),
  );
  const pods = Array.from({ length: PODS }, () => ({ connections: CONNECTIONS_PER_POD }));
  cleanUp.add(await startPods(database, pods), (it) => it.stop());
  const { region, credentials } = database;
  const endpoints = await startEndpoints({
    region,
    credentials,
    topics: [{ arn: TOPIC_ARN, subscriptions: [{ protocol: 'email', endpoint: 'oncall@example.com' }] }],
    rds: {
      instances: [postgresInstance(RDS_IDENTIFIER, region)],
      clusters: [],
      certificates: [certificateAuthority(region)],
    },
  });
  cleanUp.add(endpoints, (it) => it.stop());
  const folder = cleanUp.add(await mkdtemp(join(tmpdir(), 'litellm-db-auditor-')), (it) =>
    rm(it, { recursive: true, force: true }),
  );
  const lambda = await packageFunction({
    config: sandboxConfig(database, TUNING),
    label: LABEL,
    topicArn: TOPIC_ARN,
    folder,
  });
  const place = { region, credentials, environment: endpoints.environment };
  const runtime = cleanUp.add(await LambdaRuntime.start(lambda, place), (it) => it.stop());
  console.log(await benchImport(join(lambda.taskRoot, 'index.mjs')));
  for (const line of await benchAudit(database, runtime)) console.log(line);
  console.log(await benchCatalog(database));
} finally {
  await cleanUp.run();
}
