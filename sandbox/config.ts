import { type Config, parseConfig } from '../infra/config.ts';
import type { SandboxDatabase } from './database/database.ts';

/** The database's name in the configuration. */
export const LABEL = 'sandbox';
export const RDS_IDENTIFIER = 'litellm-sandbox';
const RESOURCE_IDS = { instance: 'db-ABCDEFGHIJKLMNOPQRSTUVWXYZ', cluster: 'cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ' };

type Place = Pick<SandboxDatabase, 'host' | 'port' | 'databaseName' | 'auditorUser' | 'caFile' | 'region'>;

/** The configuration that a user would write for the sandbox's database and proxy; `tuning` as in the file. */
export function sandboxConfig(
  place: Place,
  tuning: object = {},
  proxyUrl?: string,
  kind: 'instance' | 'cluster' = 'instance',
): Config {
  const { databases } = parseConfig(
    {
      databases: {
        [LABEL]: {
          region: place.region,
          host: 'replaced.below',
          port: place.port,
          databaseName: place.databaseName,
          user: place.auditorUser,
          caFile: place.caFile,
          rds: { kind, identifier: RDS_IDENTIFIER, resourceId: RESOURCE_IDS[kind] },
          proxy: proxyUrl === undefined ? undefined : { url: proxyUrl, logGroupName: '/ecs/litellm' },
          vpc: { vpcId: 'vpc-0123456789abcdef0', subnetIds: ['subnet-0123456789abcdef0'] },
          notifications: {
            emails: ['oncall@example.com'],
            slack: { workspaceId: 'T0123ABCD', channelId: 'C0123ABCD' },
          },
          // The knowledge of an old checkout is no problem of the scenario.
          tuning: { knowledgeWarningDays: 3650, ...tuning },
        },
      },
    },
    '/',
  );
  // The file accepts no localhost: a function in a VPC has no database there.
  return {
    databases: Object.fromEntries(
      Object.entries(databases).map(([label, database]) => [label, { ...database, host: place.host }]),
    ),
  };
}
