import { Validations } from 'aws-cdk-lib';
import {
  type ISecurityGroup,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  Subnet,
  type SubnetSelection,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { DatabaseConfig } from './config-fields.ts';

const HTTP = 80;
const HTTPS = 443;

/** The network of a function, as Lambda's properties require it. */
export interface FunctionNetwork {
  readonly vpc: IVpc;
  readonly vpcSubnets: SubnetSelection;
  readonly securityGroups: ISecurityGroup[];
}

/** The existing VPC and subnets, and existing security groups or a new one that allows the outbound traffic of an audit. Nothing is looked up in AWS. */
export function attachToNetwork(scope: Construct, { vpc: config, port, proxy }: DatabaseConfig): FunctionNetwork {
  // CDK requires a zone to select subnets by. Here the subnets are named, so that no zone is used.
  const vpc = Vpc.fromVpcAttributes(scope, 'Vpc', { vpcId: config.vpcId, availabilityZones: ['unused'] });
  const subnets = config.subnetIds.map((subnetId) => {
    const subnet = Subnet.fromSubnetId(scope, subnetId, subnetId);
    Validations.of(subnet).acknowledge({
      id: 'Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId',
      reason: 'This stack does not read or change any route table.',
    });
    return subnet;
  });
  const securityGroups = config.securityGroupIds?.map((groupId) =>
    SecurityGroup.fromSecurityGroupId(scope, groupId, groupId, { mutable: false }),
  ) ?? [
    createSecurityGroup(
      scope,
      vpc,
      { database: port, proxy: proxy && effectivePort(proxy.url) },
      config.databaseSecurityGroupId,
    ),
  ];
  return { vpc, vpcSubnets: { subnets }, securityGroups };
}

/** `proxy` is undefined if the proxy is not queried. */
interface Ports {
  readonly database: number;
  readonly proxy: number | undefined;
}

function effectivePort(url: string): number {
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'https:' ? HTTPS : HTTP) : Number(port);
}

function createSecurityGroup(
  scope: Construct,
  vpc: IVpc,
  ports: Ports,
  databaseGroupId: string | undefined,
): SecurityGroup {
  const group = new SecurityGroup(scope, 'SecurityGroup', {
    vpc,
    // CloudFormation replaces the group when this text changes.
    description: 'litellm-db-auditor: lets it reach the database and AWS',
    allowAllOutbound: false,
  });
  group.addEgressRule(Peer.anyIpv4(), Port.tcp(HTTPS), 'AWS APIs, through NAT or interface endpoints');
  if (ports.proxy !== undefined && ports.proxy !== HTTPS) {
    group.addEgressRule(Peer.anyIpv4(), Port.tcp(ports.proxy), 'The LiteLLM proxy');
  }
  if (databaseGroupId === undefined) {
    group.addEgressRule(Peer.anyIpv4(), Port.tcp(ports.database), 'The database');
    return group;
  }
  const databaseGroup = SecurityGroup.fromSecurityGroupId(scope, 'DatabaseSecurityGroup', databaseGroupId);
  group.addEgressRule(databaseGroup, Port.tcp(ports.database), 'The database');
  databaseGroup.addIngressRule(group, Port.tcp(ports.database), 'litellm-db-auditor');
  return group;
}
