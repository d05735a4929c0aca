import { createServer } from 'node:http';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { DynamoDbStore } from '../../lambda/memory/dynamodb-store.ts';
import { rememberAudit } from '../../lambda/memory/memory.ts';
import type { Observation } from '../../lambda/memory/observation.ts';
import { LARGEST_STATE, serialized } from '../../lambda/memory/record.ts';
import { emptyState, type State } from '../../lambda/memory/state.ts';
import { type DynamoDb, MEMORY_TABLE, startDynamoDb } from '../../sandbox/aws/dynamodb.ts';
import { listen } from '../../sandbox/loopback.ts';
import { WISHES } from './month.ts';

const NOW = '2026-11-25T10:00:00.000Z';

let dynamoDb: DynamoDb;
let database = 0;

beforeAll(async () => {
  dynamoDb = await startDynamoDb();
});
afterAll(() => dynamoDb.stop());
beforeEach(() => {
  database++;
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIASANDBOX');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'sandbox');
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', dynamoDb.url);
});

function open(name = `database-${database}`, table: string = MEMORY_TABLE, timeoutMs = 5000): DynamoDbStore {
  const store = new DynamoDbStore(table, name, timeoutMs);
  onTestFinished(() => {
    store.close();
    vi.unstubAllEnvs();
  });
  return store;
}

/** Puts an item as something else might. */
async function put(attributes: Record<string, { S: string } | { N: string }>): Promise<void> {
  const client = new DynamoDBClient({});
  const key = { database: { S: `database-${database}` }, item: { S: 'state' } };
  await client.send(new PutItemCommand({ TableName: MEMORY_TABLE, Item: { ...key, ...attributes } }));
  client.destroy();
}

const critical: Observation = new Map([
  ['connection-leak', { seen: 'bad', status: 'critical', headline: 'It leaks.', fingerprints: ['0123456789abcdef'] }],
]);

function audited(run: string) {
  return { run, at: NOW, observe: () => critical, advisories: [], previous: null, clock: () => Date.parse(NOW) };
}

describe('the memory in DynamoDB', () => {
  it('is empty when nothing was stored, and gives back what was', async () => {
    const store = open();
    expect(await store.load()).toEqual({ kind: 'empty' });

    expect(await store.save(emptyState(NOW), 0)).toBe(true);

    expect(await store.load()).toEqual({ kind: 'stored', revision: 1, state: emptyState(NOW) });
  });

  it('keeps the databases of an account apart', async () => {
    await open('one').save(emptyState(NOW), 0);

    expect(await open('two').load()).toEqual({ kind: 'empty' });
  });

  it('writes nothing when somebody else wrote meanwhile', async () => {
    await open().save(emptyState(NOW), 0);

    expect(await open().save({ ...emptyState(NOW), advisories: ['CVE-1'] }, 0)).toBe(false);
    expect(await open().load()).toMatchObject({ revision: 1, state: { advisories: [] } });
  });

  it('is told as written when the answer was lost and the second attempt is refused', async () => {
    let requests = 0;
    const { url } = dynamoDb;
    const forgetful = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const answer = await fetch(url, {
        method: 'POST',
        headers: Object.fromEntries(
          Object.entries(request.headers).flatMap(([name, value]) =>
            name === 'host' || name === 'connection' || typeof value !== 'string' ? [] : [[name, value]],
          ),
        ),
        body: Buffer.concat(chunks),
      });
      if (++requests === 1) response.destroy();
      else response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(await answer.text());
    });
    const { address, stop } = await listen(forgetful);
    onTestFinished(stop);
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', `http://${address}`);

    expect(await open().save(emptyState(NOW), 0)).toBe(true);
    expect(requests).toBe(3);
  });

  it('expires when the database has not been audited for 90 days', async () => {
    await open().save(emptyState(NOW), 0);

    const client = new DynamoDBClient({});
    const { Item } = await client.send(
      new GetItemCommand({
        TableName: MEMORY_TABLE,
        Key: { database: { S: `database-${database}` }, item: { S: 'state' } },
      }),
    );
    client.destroy();

    expect(Number(Item?.expiresAt?.N) * 1000).toBe(Date.parse('2027-02-23T10:00:00.000Z'));
  });

  it.each([
    ['no JSON', 'nonsense'],
    ['JSON of something else', '{"status":"ok"}'],
    ['of an older release', JSON.stringify({ ...emptyState(NOW), version: 0 })],
  ])('is unreadable when it is %s, and is replaced', async (_, json) => {
    await put({ revision: { N: '7' }, state: { S: json } });

    expect(await open().load()).toEqual({ kind: 'unreadable', revision: 7 });
    expect(await open().save(emptyState(NOW), 7)).toBe(true);
  });

  it('is left alone when it is of a newer release', async () => {
    await put({ revision: { N: '7' }, state: { S: JSON.stringify({ version: 2, all: 'new' }) } });

    expect(await open().load()).toEqual({ kind: 'newer' });
  });

  it('is replaced when the item has no revision', async () => {
    await put({ state: { S: 'by hand' } });

    const loaded = await open().load();
    expect(loaded).toEqual({ kind: 'unreadable', revision: 0 });
    expect(await open().save(emptyState(NOW), 0)).toBe(true);
  });

  it('throws when there is no such table, and when it does not answer in time', async () => {
    const { address, stop } = await listen(createServer(() => {}));
    onTestFinished(stop);
    await expect(open('database', 'no-such-table').load()).rejects.toThrow();
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', `http://${address}`);

    await expect(open('database', MEMORY_TABLE, 200).load()).rejects.toThrow();
  });
});

describe('ten runs at the same time', () => {
  it('tell people once, and all of them are remembered', async () => {
    const told: string[] = [];
    const runs = Array.from({ length: 10 }, async (_, index) => {
      const store = open();
      return rememberAudit(store, await store.load(), audited(`run-${index}`), WISHES, async ([change]) => {
        told.push(change?.kind ?? 'nothing');
        return true;
      });
    });

    const kinds = (await Promise.all(runs)).map(({ kind }) => kind);

    expect(told).toEqual(['new']);
    expect(kinds.toSorted()).toEqual([...Array(9).fill('quiet'), 'told']);
    expect(await open().load()).toMatchObject({
      state: { claim: null, problems: { 'connection-leak': { runs: 10 } } },
    });
  });
});

describe('a state that is too large', () => {
  it('loses the holders of slots and what is said of problems, and never a problem', () => {
    const problem = {
      status: 'critical',
      since: NOW,
      ended: null,
      headline: 'ü'.repeat(200),
      told: { status: 'critical', at: NOW },
      worst: 'critical',
      turns: [NOW],
      flapping: 'no',
      runs: 1,
      members: Object.fromEntries(Array.from({ length: 20 }, (_, member) => [`fingerprint-${member}`, NOW])),
    } as const;
    const holder = { user: 'u'.repeat(63), database: 'd', clientAddress: '10.0.0.1', application: 'a', sessions: 1 };
    const state: State = {
      ...emptyState(NOW),
      problems: Object.fromEntries(Array.from({ length: 30 }, (_, check) => [`check-${check}`, problem])),
      previous: {
        takenAt: NOW,
        serverStartedAt: null,
        litellmSchema: null,
        sessions: 200,
        holders: Array(200).fill(holder),
        holderCount: 200,
        activity: null,
        tables: null,
      },
    };

    const json = serialized(state);

    expect(Buffer.byteLength(json)).toBeLessThanOrEqual(LARGEST_STATE);
    expect(Object.keys(JSON.parse(json).problems)).toHaveLength(30);
  });
});
