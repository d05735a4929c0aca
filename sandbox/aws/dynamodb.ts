import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { type Listening, listen } from '../loopback.ts';
import type { AwsError } from './aws-error.ts';
import type { Service } from './service.ts';

/** The auditor's table. */
export const MEMORY_TABLE = 'litellm-db-auditor-sandbox-memory';
const LONGEST_START_SECONDS = 10;

/** A DynamoDB that keeps tables in memory, with the auditor's table as the stack makes it. It knows neither transactions nor expiry. */
export interface DynamoDb extends Listening {
  readonly url: string;
}

/** @throws Error when the table is not there in time */
export async function startDynamoDb(): Promise<DynamoDb> {
  const listening = await listen(dynalite({ createTableMs: 0 }));
  const url = `http://${listening.address}`;
  const credentials = { accessKeyId: 'AKIASANDBOX', secretAccessKey: 'sandbox' };
  const client = new DynamoDBClient({ endpoint: url, region: 'eu-central-1', credentials });
  try {
    await client.send(
      new CreateTableCommand({
        TableName: MEMORY_TABLE,
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
    const wait = { client, maxWaitTime: LONGEST_START_SECONDS, minDelay: 1 };
    await waitUntilTableExists(wait, { TableName: MEMORY_TABLE });
  } catch (error) {
    await listening.stop();
    throw error;
  } finally {
    client.destroy();
  }
  return { ...listening, url };
}

const HEADERS = { 'content-type': 'application/x-amz-json-1.0' };
/** What DynamoDB itself reads of a request; the rest is about the connection. */
const FORWARDED = ['content-type', 'x-amz-target', 'x-amz-date', 'authorization'];

/** DynamoDB for the one caller of the sandbox: a DynamoDB at `url` behind it answers. */
export function dynamoDbService(url: string): Service {
  return {
    signingName: 'dynamodb',
    async answer({ headers, body }, requestId) {
      const forwarded = FORWARDED.flatMap((name) =>
        headers[name] === undefined ? [] : [[name, String(headers[name])]],
      );
      const answer = await fetch(url, { method: 'POST', headers: Object.fromEntries(forwarded), body });
      return {
        status: answer.status,
        headers: { ...HEADERS, 'x-amzn-requestid': requestId },
        body: await answer.text(),
      };
    },
    refuse: ({ code, message, status }: AwsError, requestId) => ({
      status: status === 403 ? 400 : status,
      headers: { ...HEADERS, 'x-amzn-requestid': requestId },
      body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message }),
    }),
  };
}
