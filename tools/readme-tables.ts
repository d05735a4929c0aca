import { Stack } from 'aws-cdk-lib';
import { configFields } from '../infra/config-json-schema.ts';
import { auditorPermissions } from '../infra/permissions.ts';
import { CHECKS } from '../lambda/checks/registry.ts';

const TABLES: Readonly<Record<string, () => string>> = {
  checks: () =>
    table(
      ['Check', 'Passes when'],
      CHECKS.map(({ id, title }) => [`[${id}](docs/checks/${id}.md)`, title]),
    ),
  configuration: () =>
    table(
      ['Field', 'Meaning', 'Allowed', 'Default'],
      configFields().map(({ path, description, allowed, required, defaultValue }) => [
        `\`${path}\``,
        description,
        allowed,
        required ? '**required**' : defaultValue === undefined ? '' : `\`${JSON.stringify(defaultValue)}\``,
      ]),
    ),
  permissions: () =>
    table(
      ['Action', 'Resource', 'Why'],
      samplePermissions().map(({ actions, resources, effect, why }) => [
        `${effect === 'Deny' ? '**Deny** ' : ''}${actions.map((action) => `\`${action}\``).join(', ')}`,
        resources.map((resource) => `\`${resource}\``).join(', '),
        why,
      ]),
    ),
};

/** The README with the table between each pair of marks generated again. */
export function withTables(readme: string): string {
  return Object.entries(TABLES).reduce((text, [name, make]) => {
    const [start, end] = [`<!-- table: ${name} -->`, '<!-- end of table -->'];
    const from = text.indexOf(start);
    const to = text.indexOf(end, from);
    if (from < 0 || to < 0) throw new Error(`The README lacks the marks ${start} and ${end}.`);
    return `${text.slice(0, from)}${start}\n${make()}\n${text.slice(to)}`;
  }, readme);
}

function samplePermissions() {
  const stack = new Stack(undefined, 'Sample', { env: { account: '111122223333', region: 'eu-central-1' } });
  return auditorPermissions(stack, {
    functionName: 'litellm-db-auditor-prod',
    label: 'prod',
    database: {
      user: 'litellm_auditor',
      rds: { kind: 'cluster', identifier: 'litellm-prod', resourceId: 'cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ' },
      proxy: {
        url: 'https://litellm.example.com',
        keySecretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:litellm-key-AbCdEf',
      },
    },
    logGroupArn: 'arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/litellm-db-auditor-prod',
    topicArn: 'arn:aws:sns:eu-central-1:111122223333:litellm-db-auditor-prod',
    topicKeyArn: 'arn:aws:kms:eu-central-1:111122223333:key/KEY',
    failedEventsArn: 'arn:aws:sqs:eu-central-1:111122223333:QUEUE',
    memoryTableArn: 'arn:aws:dynamodb:eu-central-1:111122223333:table/TABLE',
  }).map((permission) => ({
    ...permission,
    resources: permission.resources.map((resource) => resource.replace(/\$\{Token\[AWS\.Partition\.\d+\]\}/, 'aws')),
  }));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
