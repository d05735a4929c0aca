import { shellWord } from '../../core/text.ts';
import type { ConnectionPhase } from '../../snapshot/snapshot.ts';
import { describeRds } from '../remediation.ts';
import { psql, rdsEvents } from './commands.ts';
import { at, EITHER, EVERYBODY, type Explanation } from './connection-error.ts';

/** Until then, whatever stands between may be what answers. */
const BEFORE_POSTGRESQL: ReadonlySet<ConnectionPhase> = new Set(['signing', 'connect', 'tls-request', 'tls-handshake']);

export const nameUnresolved: Explanation = ({ target }) => ({
  happened: `The host name ${target.host} could not be resolved.`,
  ...EITHER,
  steps: [
    ...describeRds(
      target,
      'Compare it with the endpoint that RDS names; a deleted or renamed database loses its name:',
    ),
    { text: 'From inside the VPC:', command: `getent hosts ${shellWord(target.host)}` },
    { text: 'If the name is right, check that the VPC has DNS support and DNS host names on.' },
  ],
});

export const unreachable: Explanation = ({ target, place }) => ({
  happened: `No connection to ${place} could be opened: refused, or no route.`,
  ...EITHER,
  steps: [
    ...describeRds(target, 'Check that the database is available, and where it listens:'),
    { text: 'From inside the VPC:', command: `nc -vz -w 5 ${shellWord(target.host)} ${target.port}` },
    {
      text: `Check that the function is in the VPC and subnets that reach the database, and that the port is ${target.port}.`,
    },
  ],
});

export const timeout: Explanation = ({ target, place, failure: { phase, code, message } }) => {
  const beforeAnything = phase === undefined || phase === 'connect';
  const late = code === undefined && !beforeAnything ? ` ${message}` : '';
  return {
    happened: `The database at ${place} gave no answer in time.${late}`,
    ...EITHER,
    steps: [
      ...(beforeAnything
        ? [
            {
              text: `Check that the database's security group lets the function's in on port ${target.port}: a missing rule gives no error.`,
            },
          ]
        : []),
      ...describeRds(target, 'Check that the database is available, and not failing over or out of storage:'),
      { text: 'From inside the VPC, check whether PostgreSQL answers:', command: psql(target, 'SELECT 1') },
      {
        text: 'If it answers, only late: see CPU, memory and I/O of the instance first, then raise "connectTimeoutMs".',
      },
    ],
  };
};

export const connectionLost: Explanation = ({ target, place, failure }) => {
  const { phase } = failure;
  const isEarly = phase !== undefined && BEFORE_POSTGRESQL.has(phase);
  return {
    happened:
      phase === undefined || phase === 'statement'
        ? `The connection to ${place} was closed before the audit was done.`
        : at(place, failure),
    ...(isEarly ? EITHER : EVERYBODY),
    steps: [
      ...describeRds(target, 'See whether the database restarts or fails over:'),
      ...rdsEvents(target),
      ...(isEarly
        ? [
            {
              text: `See what stands between the auditor and port ${target.port} of ${target.host}: a load balancer, a tunnel or a firewall can cut a connection before PostgreSQL sees it.`,
            },
          ]
        : []),
      {
        text: 'Audit again in two minutes. If it stays like this, search the log of PostgreSQL for a crash or a shutdown by an administrator.',
      },
    ],
  };
};
