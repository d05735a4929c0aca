import { escapeIdentifier } from 'pg';
import type { SourceFailure } from '../../snapshot/snapshot.ts';
import { describeRds } from '../remediation.ts';
import { psql, rdsEvents } from './commands.ts';
import { at, EITHER, EVERYBODY, type Explanation } from './connection-error.ts';

const HOLDERS_SQL = `SELECT usename, client_addr, state, count(*), min(backend_start) AS oldest
  FROM pg_stat_activity WHERE backend_type = 'client backend'
 GROUP BY usename, client_addr, state ORDER BY count(*) DESC;`;

export const slotsExhausted: Explanation = ({ target: { user }, place }) => ({
  happened: `PostgreSQL is full: it refused the auditor a connection slot (SQLSTATE 53300), at ${place}.`,
  ...EVERYBODY,
  steps: [
    {
      text: 'See who holds the slots. The RDS master user and members of pg_use_reserved_connections may still get in.',
      command: HOLDERS_SQL,
    },
    {
      text: 'Restart the proxy pod whose address holds most idle sessions: that closes its pools, old ones included.',
    },
    {
      text: 'Then lower database_connection_pool_limit, so that limit x workers x pods, twice that during a rolling deployment, fits the usable slots.',
    },
    {
      text: 'To let the auditor in next time (PostgreSQL 16 or newer, reserved_connections above 0 in the parameter group, then a reboot):',
      command: `GRANT pg_use_reserved_connections TO ${escapeIdentifier(user)};`,
    },
    {
      text: 'The proxy\'s "All connection attempts failed" is another error, of its local query engine. In its log, "too many clients" or 53300 is this one.',
    },
  ],
});

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
