import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as rds from '@aws-sdk/client-rds';

/** The operations of the services that commands call, as AWS describes them in its SDK. */
const SERVICES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  rds: { ...rds },
  cloudwatch: { ...cloudwatch },
};

/** Options of the command line itself, each with a value. */
const GLOBAL = ['region', 'query', 'output'];

/** Commands of the AWS command line that call no operation of the service, with their options. */
const WITHOUT_OPERATION: Readonly<Record<string, readonly string[]>> = {
  'rds generate-db-auth-token': ['hostname', 'port', 'username'],
  'sts get-caller-identity': [],
};

/** What is wrong with the arguments of an aws command; empty when nothing is. */
export function awsFaults([service = '', operation = '', ...rest]: readonly string[]): readonly string[] {
  const members = WITHOUT_OPERATION[`${service} ${operation}`] ?? membersOf(service, operation);
  if (members === null) return [`${service} has no ${operation}`];
  const options = rest.filter((word) => word.startsWith('--')).map((word) => word.slice(2).replace(/=.*/, ''));
  return [
    ...options
      // A switch of the command line that is true or false: --no-x for false.
      .filter((option) => ![...GLOBAL, ...members].includes(option.replace(/^no-/, '')) && !members.includes(option))
      .map((option) => `${service} ${operation} has no --${option}`),
    ...rest
      .filter(
        (word, index) => !word.startsWith('--') && !(rest[index - 1] ?? '').startsWith('--') && !isOfAList(rest, index),
      )
      .map((word) => `${word} belongs to no option`),
  ];
}

/** The option names of an operation, as the command line derives them from the members of its input; null when there is no such operation. */
function membersOf(service: string, operation: string): readonly string[] | null {
  const wanted = operation.replaceAll('-', '').toLowerCase();
  const schema = Object.entries(SERVICES[service] ?? {}).find(([name]) => name.toLowerCase() === `${wanted}$`)?.[1];
  if (!Array.isArray(schema)) return null;
  const input: unknown = typeof schema[4] === 'function' ? schema[4]() : schema[4];
  return Array.isArray(input) && Array.isArray(input[4]) ? input[4].map((member) => optionName(String(member))) : null;
}

/** As botocore's xform_name does. */
function optionName(member: string): string {
  return member
    .replaceAll(/(.)([A-Z][a-z]+)/g, '$1-$2')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase();
}

/** Lists are words one after the other. */
function isOfAList(words: readonly string[], index: number): boolean {
  const option = words.slice(0, index).findLast((word) => word.startsWith('--'));
  return option !== undefined && /s$/.test(option);
}
