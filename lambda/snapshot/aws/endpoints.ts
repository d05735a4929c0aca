import type { Advice } from '../../core/finding.ts';
import { listed } from '../../core/text.ts';
import type { FailureKind } from '../snapshot.ts';

/** What a missing way to AWS looks like from inside a VPC. */
const NO_WAY: ReadonlySet<FailureKind> = new Set(['timeout', 'unreachable', 'name-unresolved']);

/** The names of the interface endpoints (AWS PrivateLink guide). */
const ENDPOINTS = { rds: 'rds', cloudwatch: 'monitoring', secretsmanager: 'secretsmanager' } as const;

export type AwsService = keyof typeof ENDPOINTS;

/** Whether a call failed as it does where there is no way to the APIs of AWS. */
export function isWithoutWay(kind: FailureKind): boolean {
  return NO_WAY.has(kind);
}

/** The step that gives the function a way to these services. */
export function giveWayTo(services: readonly AwsService[]): Advice {
  const names = services.map((service) => `com.amazonaws.REGION.${ENDPOINTS[service]}`);
  const endpoints = names.length === 1 ? 'an interface endpoint' : 'interface endpoints';
  return {
    text: `Give the function a way to AWS: for its subnets a route through NAT, or ${endpoints} ${listed(names)} with private DNS, and port 443 outbound in its security group. In a shell, check its network and proxy.`,
  };
}
