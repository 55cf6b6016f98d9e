import {
  type AttributeValue,
  type DynamoDBClient,
  paginateQuery,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { fromAttributeValue, mapValues } from '../archive/attribute-value.ts';
import type { StoredRow, StoredValue } from '../domain/audit-record.ts';
import type { AuditLogSource } from '../environment.ts';

export interface RowSampleOptions {
  /** A client for the table's region. */
  readonly client: DynamoDBClient;
  readonly source: AuditLogSource;
}

/** The most rows that are requested at once. DynamoDB ends a page at 1 MB in any case. */
const largestPage = 1000;

/** Reads an account's first or last rows, also if their sort keys have an unexpected form. */
export function createRowSample({ client, source }: RowSampleOptions) {
  const { tableName, partitionKey, sortKey } = source;

  async function rowsAtEnd(
    accountId: string,
    end: { readonly Limit: number; readonly ScanIndexForward: boolean },
    projection: Pick<QueryCommandInput, 'ProjectionExpression' | 'Select' | 'ExpressionAttributeNames'>,
  ): Promise<StoredRow[]> {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: '#partition = :account',
        ...projection,
        ExpressionAttributeNames: { '#partition': partitionKey, ...projection.ExpressionAttributeNames },
        ExpressionAttributeValues: { ':account': { S: accountId } },
        ...end,
      }),
    );
    return Items.map(rowFrom);
  }

  return {
    /** The rows with the greatest sort keys, the greatest first. */
    newest: (accountId: string, most: number) =>
      rowsAtEnd(accountId, { Limit: most, ScanIndexForward: false }, {}),

    /** The rows with the least sort keys. Keys of an unexpected form may sort before all others. */
    oldest: (accountId: string, most: number) =>
      rowsAtEnd(accountId, { Limit: most, ScanIndexForward: true }, {}),

    /** The values of one attribute in the rows with the greatest sort keys, the greatest first, page by page. */
    async *newestValues(
      accountId: string,
      attribute: string,
      most: number,
    ): AsyncGenerator<readonly StoredValue[]> {
      const pages = paginateQuery(
        { client, pageSize: Math.min(most, largestPage) },
        {
          TableName: tableName,
          KeyConditionExpression: '#partition = :account',
          ProjectionExpression: '#attribute',
          ExpressionAttributeNames: { '#partition': partitionKey, '#attribute': attribute },
          ExpressionAttributeValues: { ':account': { S: accountId } },
          ScanIndexForward: false,
        },
      );
      let left = most;
      for await (const { Items = [] } of pages) {
        yield Items.slice(0, left).map(item => rowFrom(item)[attribute]);
        left -= Items.length;
        if (left <= 0) return;
      }
    },

    /** The greatest sort key, without the rest of its row; `undefined` if the account has no rows. */
    async newestKey(accountId: string): Promise<StoredValue> {
      const [row] = await rowsAtEnd(
        accountId,
        { Limit: 1, ScanIndexForward: false },
        {
          Select: 'SPECIFIC_ATTRIBUTES',
          ProjectionExpression: '#sort',
          ExpressionAttributeNames: { '#sort': sortKey },
        },
      );
      return row?.[sortKey];
    },
  };
}

export function rowFrom(item: Readonly<Record<string, AttributeValue>>): StoredRow {
  return mapValues(item, plainValue);
}

/** The SDK has already decoded binary values; `fromAttributeValue` would expect base64. */
function plainValue(value: AttributeValue): StoredValue {
  if (value.B !== undefined) return value.B;
  if (value.BS !== undefined) return new Set(value.BS);
  if (value.L !== undefined) return value.L.map(plainValue);
  if (value.M !== undefined) return mapValues(value.M, plainValue);
  return fromAttributeValue(value);
}
