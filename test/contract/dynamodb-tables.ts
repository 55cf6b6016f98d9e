import { randomUUID } from 'node:crypto';
import {
  type CreateTableCommandInput,
  DeleteTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
} from '@aws-sdk/client-dynamodb';
import { createTable } from '../../local/create-table.ts';
import { startDynamodbServer } from '../../local/servers/dynamodb-server.ts';

/** The keys of a table: string (or number) keys, and an index on one of them. */
export interface TableKeys {
  readonly partition: string;
  readonly sort?: string;
  readonly sortType?: 'S' | 'N';
  readonly index?: { readonly name: string; readonly partition: string };
}

export interface DynamodbTables {
  readonly client: DynamoDBClient;
  /** Creates a table for a suite, and returns its name. */
  create(keys: TableKeys): Promise<string>;
  close(): Promise<void>;
}

/**
 * The embedded server, or another implementation of DynamoDB:
 * - `CONTRACT_DYNAMODB_ENDPOINT`: its URL, such as `http://127.0.0.1:8000`
 * - `CONTRACT_DYNAMODB_ACCESS_KEY_ID`, `CONTRACT_DYNAMODB_SECRET_ACCESS_KEY`, `CONTRACT_DYNAMODB_REGION`: default to
 *   placeholders, which emulators accept
 */
export async function startTables(own: DynamoDBClientConfig = {}): Promise<DynamodbTables> {
  const {
    CONTRACT_DYNAMODB_ENDPOINT: external,
    CONTRACT_DYNAMODB_ACCESS_KEY_ID: accessKeyId = 'contract',
    CONTRACT_DYNAMODB_SECRET_ACCESS_KEY: secretAccessKey = 'contract',
    CONTRACT_DYNAMODB_REGION: region = 'us-east-1',
  } = process.env;
  const server = external === undefined ? await startDynamodbServer() : undefined;
  const endpoint = external ?? server?.endpoint ?? '';
  const credentials = { accessKeyId, secretAccessKey };
  const client = new DynamoDBClient({ endpoint, region, credentials, ...own });
  const created: string[] = [];
  return {
    client,
    async create(keys) {
      const table = `contract-${randomUUID()}`;
      await createTable(client, { TableName: table, ...schemaOf(keys) });
      created.push(table);
      return table;
    },
    async close() {
      for (const table of created) await client.send(new DeleteTableCommand({ TableName: table }));
      client.destroy();
      await server?.close();
    },
  };
}

function schemaOf({
  partition,
  sort,
  sortType = 'S',
  index,
}: TableKeys): Omit<CreateTableCommandInput, 'TableName'> {
  return {
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: partition, AttributeType: 'S' },
      ...(sort === undefined ? [] : [{ AttributeName: sort, AttributeType: sortType }]),
      ...(index ? [{ AttributeName: index.partition, AttributeType: 'S' as const }] : []),
    ],
    KeySchema: [
      { AttributeName: partition, KeyType: 'HASH' },
      ...(sort === undefined ? [] : [{ AttributeName: sort, KeyType: 'RANGE' as const }]),
    ],
    ...(index && {
      GlobalSecondaryIndexes: [
        {
          IndexName: index.name,
          KeySchema: [
            { AttributeName: index.partition, KeyType: 'HASH' },
            { AttributeName: partition, KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    }),
  };
}
