import { parseConfig } from '../../infra/config.ts';
import type { DatabaseConfig } from '../../infra/config-fields.ts';

/** As small as a database's configuration can be: everything else has its default. */
export const INSTANCE = {
  account: '111122223333',
  region: 'eu-central-1',
  host: 'litellm.c0example0000.eu-central-1.rds.amazonaws.com',
  rds: { kind: 'instance', identifier: 'litellm', resourceId: 'db-ABCDEFGHIJKLMNOPQRSTUVWXYZ' },
  vpc: { vpcId: 'vpc-0123456789abcdef0', subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'] },
  notifications: { emails: ['on-call@example.com'] },
};

export const CLUSTER = {
  ...INSTANCE,
  host: 'litellm.cluster-c0example0000.eu-central-1.rds.amazonaws.com',
  rds: { kind: 'cluster', identifier: 'litellm', resourceId: 'cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ' },
};

export const EXISTING_TOPIC = {
  topicArn: 'arn:aws:sns:eu-central-1:111122223333:alerts',
  topicKeyArn: 'arn:aws:kms:eu-central-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef',
};

export const PROXY = {
  url: 'http://litellm.internal.example.com:4000',
  keySecretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:litellm-key-AbCdEf',
  logGroupName: '/ecs/litellm',
};

/** The one database of a configuration that holds it alone. */
export function parseDatabase(database: object, defaults: object = {}): DatabaseConfig {
  const parsed = parseConfig({ defaults, databases: { prod: database } }, '/').databases.prod;
  if (parsed === undefined) throw new Error('The configuration lost its database.');
  return parsed;
}
