import {
  type AttributeValue,
  type DynamoDBClient,
  paginateQuery,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { valuesOf } from './item-values.ts';

/** Smaller than DynamoDB's pages of 1 MB, because the ids as objects take 50 times the memory of the page's bytes. */
const accountsPerPage = 1000;

interface AccountTableOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

/** Finds the accounts of a time zone. The cost depends on their number, not on the size of the table. */
export function createAccountIndex({
  client,
  tableName,
  indexName,
}: AccountTableOptions & { indexName: string }) {
  return {
    async *accountIdsIn(timeZone: string): AsyncGenerator<readonly string[]> {
      const query = {
        TableName: tableName,
        IndexName: indexName,
        KeyConditionExpression: '#timeZone = :timeZone',
        // `timeZone` is a reserved word of DynamoDB (TIMEZONE), so it needs a placeholder.
        ExpressionAttributeNames: { '#timeZone': 'timeZone' },
        ExpressionAttributeValues: { ':timeZone': { S: timeZone } },
        ProjectionExpression: 'accountId',
      };
      for await (const { Items = [] } of paginateQuery({ client, pageSize: accountsPerPage }, query))
        yield Items.flatMap(({ accountId }) => accountId?.S ?? []);
    },
  };
}

/** Reads all account records. */
export function createAccountScan({ client, tableName }: AccountTableOptions) {
  return {
    async *records(): AsyncGenerator<readonly Record<string, unknown>[]> {
      for await (const { Items = [] } of paginateScan({ client }, { TableName: tableName }))
        yield Items.map(recordFrom);
    },
  };
}

/** Large numbers may lose digits. That is safe here: no attribute of a valid account record is a number. */
export function recordFrom(item: Record<string, AttributeValue>): Record<string, unknown> {
  return valuesOf(item, { wrapNumbers: Number });
}
