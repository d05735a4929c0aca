import type { Certificate, DBCluster, DBInstance, Event } from '@aws-sdk/client-rds';
import { z } from 'zod';
import { AwsError } from './aws-error.ts';
import { type Parameters, queryService } from './query-protocol.ts';
import { describeEvents } from './rds-events.ts';
import { rdsXml } from './rds-xml.ts';
import type { Service } from './service.ts';
import type { XmlElements } from './xml.ts';

/** All that RDS knows, in the terms of its API. A test changes it between calls. */
export interface RdsState {
  instances: readonly DBInstance[];
  clusters: readonly DBCluster[];
  certificates: readonly Certificate[];
  /** None by default. */
  events?: readonly Event[];
  /** Actions that the caller's policy does not allow; none by default. */
  denied?: readonly string[];
}

/** How one kind of RDS object is described. */
interface Listing<Item> {
  /** The answer's list. */
  readonly list: string;
  /** The parameter that names one object. */
  readonly parameter: string;
  readonly items: () => readonly Item[];
  /** Identifier and ARN: RDS accepts either. */
  readonly names: (item: Item) => readonly (string | undefined)[];
  /** What each known filter compares. */
  readonly filters: Readonly<Record<string, (item: Item) => string | undefined>>;
  readonly notFound: (identifier: string) => AwsError;
}

const pageSchema = z.strictObject({
  Filters: z
    .strictObject({
      Filter: z.record(
        z.string(),
        z.strictObject({ Name: z.string(), Values: z.strictObject({ Value: z.record(z.string(), z.string()) }) }),
      ),
    })
    .optional(),
  MaxRecords: z.coerce.number().int().min(20).max(100).default(100),
  Marker: z.coerce.number().int().min(0).default(0),
});

/** The describe calls of RDS that the auditor makes, with filters and pages, over the state at the time of the call. */
export function rdsService(state: RdsState): Service {
  const instances: Listing<DBInstance> = {
    list: 'DBInstances',
    parameter: 'DBInstanceIdentifier',
    items: () => state.instances,
    names: (one) => [one.DBInstanceIdentifier, one.DBInstanceArn],
    filters: {
      'db-instance-id': (one) => one.DBInstanceIdentifier,
      'db-cluster-id': (one) => one.DBClusterIdentifier,
      'dbi-resource-id': (one) => one.DbiResourceId,
      engine: (one) => one.Engine,
    },
    notFound: (identifier) => new AwsError('DBInstanceNotFound', `DBInstance ${identifier} not found.`, 404),
  };
  const clusters: Listing<DBCluster> = {
    list: 'DBClusters',
    parameter: 'DBClusterIdentifier',
    items: () => state.clusters,
    names: (one) => [one.DBClusterIdentifier, one.DBClusterArn],
    filters: {
      'db-cluster-id': (one) => one.DBClusterIdentifier,
      'db-cluster-resource-id': (one) => one.DbClusterResourceId,
      engine: (one) => one.Engine,
    },
    notFound: (identifier) => new AwsError('DBClusterNotFoundFault', `DBCluster ${identifier} not found.`, 404),
  };
  const certificates: Listing<Certificate> = {
    list: 'Certificates',
    parameter: 'CertificateIdentifier',
    items: () => state.certificates,
    names: (one) => [one.CertificateIdentifier, one.CertificateArn],
    filters: {},
    notFound: (identifier) => new AwsError('CertificateNotFound', `Certificate ${identifier} not found.`, 404),
  };
  return queryService({
    signingName: 'rds',
    version: '2014-10-31',
    namespace: 'http://rds.amazonaws.com/doc/2014-10-31/',
    actions: new Map(
      Object.entries<(parameters: Parameters) => XmlElements>({
        DescribeDBInstances: (parameters) => describe(instances, parameters),
        DescribeDBClusters: (parameters) => describe(clusters, parameters),
        DescribeCertificates: (parameters) => describe(certificates, parameters),
        DescribeEvents: (parameters) => describeEvents(state.events ?? [], parameters),
      }).map(([action, answer]) => [
        action,
        (parameters) => {
          if (state.denied?.includes(action)) throw denied(action);
          return answer(parameters);
        },
      ]),
    ),
  });
}

function denied(action: string): AwsError {
  return new AwsError('AccessDenied', `The caller is not authorized to perform: rds:${action}`, 403);
}

function describe<Item extends object>(listing: Listing<Item>, parameters: Parameters): XmlElements {
  const { [listing.parameter]: identifier, ...rest } = parameters;
  if (identifier !== undefined && typeof identifier !== 'string')
    throw badValue(`${listing.parameter} is not a string.`);
  const page = pageSchema.safeParse(rest);
  if (!page.success) {
    const issue = page.error.issues[0];
    throw badValue(`${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { Filters, MaxRecords, Marker } = page.data;
  const filters = Object.values(Filters?.Filter ?? {});
  const chosen = filters.reduce(
    (left, { Name: name, Values: values }) => {
      const read = listing.filters[name];
      if (!read) throw badValue(`Unrecognized filter name: ${name}`);
      return left.filter((item) => Object.values(values.Value).includes(read(item) ?? ''));
    },
    listing.items().filter((item) => isNamed(identifier, listing.names(item))),
  );
  if (identifier !== undefined && chosen.length === 0) throw listing.notFound(identifier);
  const end = Marker + MaxRecords;
  return rdsXml({
    Marker: end < chosen.length ? end : undefined,
    [listing.list]: chosen.slice(Marker, end),
  });
}

function isNamed(wanted: string | undefined, names: readonly (string | undefined)[]): boolean {
  return wanted === undefined || names.some((name) => name?.toLowerCase() === wanted.toLowerCase());
}

function badValue(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}
