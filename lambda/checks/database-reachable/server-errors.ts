import type { SourceFailure } from '../../snapshot/snapshot.ts';
import { describeRds } from '../remediation.ts';
import { psql, rdsEvents } from './commands.ts';
import { at, EITHER, EVERYBODY, type Explanation } from './connection-error.ts';

export const startingUp: Explanation = ({ target, place }) => ({
  happened: `PostgreSQL at ${place} is starting up or shutting down.`,
  ...EVERYBODY,
  steps: [
    ...describeRds(target, 'See whether the database restarts, fails over or recovers:'),
    ...rdsEvents(target),
    { text: 'Audit again in two minutes. Recovery after a crash can take longer.' },
  ],
});

function code({ code: stated }: SourceFailure): string {
  return stated === undefined ? '' : ` It is ${/^[0-9A-Z]{5}$/.test(stated) ? 'SQLSTATE ' : ''}${stated}.`;
}

export const diskFull: Explanation = ({ target, place, failure }) => ({
  happened: `${at(place, failure)}${code(failure)}`,
  ...EVERYBODY,
  steps: [
    ...describeRds(target, 'See its status and storage; storage-full stops all writes:'),
    { text: 'Raise the allocated storage, or switch storage autoscaling on. Deleting rows frees no space by itself.' },
    { text: 'Then find out what grew: tables, WAL that a replication slot retains, or temporary files.' },
  ],
});

export const serverError: Explanation = ({ target, place, failure }) => ({
  happened: `${at(place, failure)}${code(failure)}`,
  ...EVERYBODY,
  steps: [
    ...describeRds(target, 'Check that the database is available:'),
    ...rdsEvents(target),
    { text: 'See memory, storage and I/O of the instance, and the log of PostgreSQL at the time of this audit.' },
  ],
});

export const protocolViolation: Explanation = ({ target, place, failure }) => ({
  happened: at(place, failure),
  ...EITHER,
  steps: [
    {
      text: `Check that PostgreSQL itself listens on port ${target.port} of ${target.host}, and not another service. A proxy or firewall on the way that changes what passes does the same.`,
    },
    ...describeRds(target, 'The endpoint and port that RDS names:'),
    { text: 'Connect yourself, from inside the VPC:', command: psql(target, 'SELECT 1') },
  ],
});

export const unknownError: Explanation = ({ target, place, failure }) => ({
  happened: `The connection to ${place} failed for a reason that the auditor does not know.${code(failure)}`,
  ...EITHER,
  steps: [
    {
      text: 'Connect yourself, from inside the VPC. The error of psql says more:',
      command: psql(target, 'SELECT 1'),
    },
    { text: "See PostgreSQL's own log at the time of this audit." },
  ],
});
