import { randomUUID } from 'node:crypto';
import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { parseRecord, serialized } from './record.ts';
import type { State } from './state.ts';
import type { Loaded, Store } from './store.ts';

const MAX_ATTEMPTS = 3;
const DAY_SECONDS = 86_400;
/** A database that is audited no more is forgotten after so long. */
const KEPT_SECONDS = 90 * DAY_SECONDS;
/** The sort key: one item per database for now and what changes with each audit. */
const ITEM = 'state';

type Item = Record<string, AttributeValue>;

/** The state of one database in the memory table: partition key `database`, sort key `item`. */
export class DynamoDbStore implements Store {
  readonly #table: string;
  readonly #database: string;
  readonly #timeoutMs: number;
  #client: DynamoDBClient | undefined;

  /** @param timeoutMs of one call, its retries included */
  constructor(table: string, database: string, timeoutMs: number) {
    this.#table = table;
    this.#database = database;
    this.#timeoutMs = timeoutMs;
  }

  async load(): Promise<Loaded> {
    const item = await this.#read();
    if (item === undefined) return { kind: 'empty' };
    const revision = Number(item.revision?.N);
    return parseRecord(item.state?.S ?? '', Number.isSafeInteger(revision) ? revision : 0);
  }

  async save(state: State, over: number): Promise<boolean> {
    const { PutItemCommand } = await sdk();
    const write = randomUUID();
    const put = new PutItemCommand({
      TableName: this.#table,
      Item: {
        ...this.#key(),
        revision: { N: String(over + 1) },
        write: { S: write },
        state: { S: serialized(state) },
        expiresAt: { N: String(Math.floor(Date.parse(state.lastRun) / 1000) + KEPT_SECONDS) },
      },
      // An item without a revision is none of ours.
      ConditionExpression: 'attribute_not_exists(revision) OR revision = :over',
      ExpressionAttributeValues: { ':over': { N: String(over) } },
    });
    try {
      await (await this.#connect()).send(put, { abortSignal: this.#deadline() });
      return true;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ConditionalCheckFailedException') throw error;
      // Its first attempt may have been written and its answer lost: the second one is refused then.
      return (await this.#read())?.write?.S === write;
    }
  }

  close(): void {
    this.#client?.destroy();
  }

  async #read(): Promise<Item | undefined> {
    const { GetItemCommand } = await sdk();
    const get = new GetItemCommand({ TableName: this.#table, Key: this.#key(), ConsistentRead: true });
    return (await (await this.#connect()).send(get, { abortSignal: this.#deadline() })).Item;
  }

  #key(): Item {
    return { database: { S: this.#database }, item: { S: ITEM } };
  }

  #deadline(): AbortSignal {
    return AbortSignal.timeout(this.#timeoutMs);
  }

  async #connect(): Promise<DynamoDBClient> {
    const { DynamoDBClient } = await sdk();
    this.#client ??= new DynamoDBClient({
      maxAttempts: MAX_ATTEMPTS,
      // A lost first packet must leave time for another attempt.
      requestHandler: { connectionTimeout: Math.ceil(this.#timeoutMs / MAX_ATTEMPTS) },
    });
    return this.#client;
  }
}

/** Loaded while the database is asked, not before. */
function sdk() {
  return import('@aws-sdk/client-dynamodb');
}
