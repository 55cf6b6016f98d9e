import {
  type AttributeValue,
  type DynamoDBClient,
  paginateQuery,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { valuesOf } from './item-values.ts';

/** Accounts that are read at once: their ids as objects take 50 times the memory of a page's bytes, so no full pages. */
const accountsPerPage = 1000;

interface AccountTableOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

/** Finds the accounts of a time zone, for the dispatcher; the cost follows their number, not the table's. */
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
        // A reserved word of DynamoDB's, in any case.
        ExpressionAttributeNames: { '#timeZone': 'timeZone' },
        ExpressionAttributeValues: { ':timeZone': { S: timeZone } },
        ProjectionExpression: 'accountId',
      };
      for await (const { Items = [] } of paginateQuery({ client, pageSize: accountsPerPage }, query))
        yield Items.flatMap(({ accountId }) => accountId?.S ?? []);
    },
  };
}

/** Reads every record, for the watchdog. */
export function createAccountScan({ client, tableName }: AccountTableOptions) {
  return {
    async *records(): AsyncGenerator<readonly Record<string, unknown>[]> {
      for await (const { Items = [] } of paginateScan({ client }, { TableName: tableName }))
        yield Items.map(recordFrom);
    },
  };
}

/** Numbers may lose digits: no attribute of an account record that is read here is one. */
export function recordFrom(item: Record<string, AttributeValue>): Record<string, unknown> {
  return valuesOf(item, { wrapNumbers: Number });
}
