import { type DynamoDBClient, paginateQuery, QueryCommand } from '@aws-sdk/client-dynamodb';
import { fileEntry, fileFromItem } from '../lambdas/aws/ledger-items.ts';
import type { DeliveredFile } from '../lambdas/domain/delivered-file.ts';
import type { Instant } from '../lambdas/domain/instant.ts';

/** The ledger's rows of delivered files, in the order of windows and parts. */
export function createFileReader({ client, tableName }: { client: DynamoDBClient; tableName: string }) {
  const between = (accountId: string, from: string) => ({
    TableName: tableName,
    KeyConditionExpression: 'accountId = :account AND #entry BETWEEN :from AND :to',
    ExpressionAttributeNames: { '#entry': 'entry' },
    ExpressionAttributeValues: {
      ':account': { S: accountId },
      ':from': { S: from },
      // The character after `#`: beyond every row of a file.
      ':to': { S: 'file$' },
    },
  });

  return {
    /** Files of the windows that end at an instant or later; of all windows without one. */
    async files(accountId: string, since?: Instant): Promise<DeliveredFile[]> {
      const query = between(accountId, since === undefined ? 'file#' : fileEntry(since, 1));
      const files: DeliveredFile[] = [];
      for await (const { Items = [] } of paginateQuery({ client }, { ...query, ConsistentRead: true }))
        files.push(...Items.map(fileFromItem));
      return files;
    },

    async latest(accountId: string): Promise<DeliveredFile | undefined> {
      const query = between(accountId, 'file#');
      const { Items = [] } = await client.send(
        new QueryCommand({ ...query, ScanIndexForward: false, Limit: 1 }),
      );
      return Items.map(fileFromItem)[0];
    },
  };
}
