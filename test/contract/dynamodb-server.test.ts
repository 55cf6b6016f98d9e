import {
  DynamoDBClient,
  IdempotentParameterMismatchException,
  PutItemCommand,
  ScanCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTable } from '../../local/create-table.ts';
import { startDynamodbServer } from '../../local/servers/dynamodb-server.ts';
import type { LocalServer } from '../../local/servers/http-server.ts';

/** Behaviour of the embedded server only; what it has in common with DynamoDB is tested in ledger.test.ts. */

const TableName = 'Versions';
let server: LocalServer;
let client: DynamoDBClient;

beforeAll(async () => {
  server = await startDynamodbServer();
  const credentials = { accessKeyId: 'contract', secretAccessKey: 'contract' };
  client = new DynamoDBClient({ endpoint: server.endpoint, region: 'us-east-1', credentials });
  await createTable(client, {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'name', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'name', KeyType: 'HASH' }],
  });
  await client.send(new PutItemCommand({ TableName, Item: { name: { S: 'one' }, version: { N: '1' } } }));
});
afterAll(async () => {
  client?.destroy();
  await server?.close();
});

const put = (name: string): TransactWriteItem => ({ Put: { TableName, Item: { name: { S: name } } } });
const update = (condition: string): TransactWriteItem => ({
  Update: {
    TableName,
    Key: { name: { S: 'one' } },
    UpdateExpression: 'SET version = :version',
    ConditionExpression: condition,
    ExpressionAttributeValues: { ':version': { N: '1' } },
  },
});
const transact = (TransactItems: TransactWriteItem[], ClientRequestToken?: string) =>
  client.send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken }));

test.each<readonly [string, () => TransactWriteItem[]]>([
  ['of another order', () => [update('version = :version'), put('two')]],
  ['of more items', () => [put('two'), update('version = :version'), put('three')]],
  [
    'with a put on a condition',
    () => [
      { Put: { TableName, Item: { name: { S: 'two' } }, ConditionExpression: 'attribute_not_exists(name)' } },
      update('version = :version'),
    ],
  ],
])('refuses a transaction %s, which it could not make as DynamoDB does', async (_, items) => {
  await expect(transact(items())).rejects.toMatchObject({ name: 'ValidationException' });
  const { Count } = await client.send(new ScanCommand({ TableName }));
  expect(Count).toBe(1);
});

test('passes on what its tables say to an update', async () => {
  await expect(transact([put('two'), update('version ! :version')])).rejects.toMatchObject({
    name: 'ValidationException',
  });
});

test('refuses a token that comes with another transaction', async () => {
  await transact([put('two'), update('version = :version')], 'token');
  await transact([put('two'), update('version = :version')], 'token');
  await expect(transact([put('three'), update('version = :version')], 'token')).rejects.toThrow(
    IdempotentParameterMismatchException,
  );
});
