import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { type Listening, listen } from '../loopback.ts';

const TABLE = 'litellm-db-auditor-memory';
const LONGEST_START_SECONDS = 10;

/** A DynamoDB that keeps tables in memory, with the auditor's table as the stack makes it. It knows neither transactions nor expiry. */
export interface DynamoDb extends Listening {
  readonly table: typeof TABLE;
  readonly url: string;
}

/** @throws Error when the table is not there in time */
export async function startDynamoDb(): Promise<DynamoDb> {
  const listening = await listen(dynalite({ createTableMs: 0 }));
  const url = `http://${listening.address}`;
  const client = new DynamoDBClient({
    endpoint: url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIASANDBOX', secretAccessKey: 'sandbox' },
  });
  try {
    await client.send(
      new CreateTableCommand({
        TableName: TABLE,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'database', AttributeType: 'S' },
          { AttributeName: 'item', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'database', KeyType: 'HASH' },
          { AttributeName: 'item', KeyType: 'RANGE' },
        ],
      }),
    );
    await waitUntilTableExists({ client, maxWaitTime: LONGEST_START_SECONDS, minDelay: 1 }, { TableName: TABLE });
  } catch (error) {
    await listening.stop();
    throw error;
  } finally {
    client.destroy();
  }
  return { ...listening, table: TABLE, url };
}
