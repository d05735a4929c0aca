import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';

/** The table that remembers earlier audits: one item for each database, a few KB large. */
export function createMemoryTable(scope: Construct, id: string): Table {
  return new Table(scope, id, {
    partitionKey: { name: 'database', type: AttributeType.STRING },
    sortKey: { name: 'item', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.AWS_MANAGED,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    timeToLiveAttribute: 'expiresAt',
    // Without it the next audit tells everything as new, and no more than that is lost.
    removalPolicy: RemovalPolicy.DESTROY,
  });
}
