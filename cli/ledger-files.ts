import { type DynamoDBClient, GetItemCommand, paginateQuery, QueryCommand } from '@aws-sdk/client-dynamodb';
import { cursorEntry, fileEntry, fileFromItem } from '../lambdas/aws/ledger-items.ts';
import type { DeliveredFile } from '../lambdas/domain/delivered-file.ts';
import type { Instant } from '../lambdas/domain/instant.ts';

/** The ledger's rows of delivered files, in the order of windows and parts. */
export function createFileReader({ client, tableName }: { client: DynamoDBClient; tableName: string }) {
  // The character after `#` is beyond every row of a file.
  const between = (accountId: string, from: string, to = 'file$') => ({
    TableName: tableName,
    KeyConditionExpression: 'accountId = :account AND #entry BETWEEN :from AND :to',
    ExpressionAttributeNames: { '#entry': 'entry' },
    ExpressionAttributeValues: {
      ':account': { S: accountId },
      ':from': { S: from },
      ':to': { S: to },
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

    /** The last file of all. */
    latest: (accountId: string) => last(between(accountId, 'file#')),

    /** The last file of the windows that end before an instant. */
    lastBefore: (accountId: string, instant: Instant) =>
      // Without a part: it sorts before every row of the window that ends then.
      last(between(accountId, 'file#', fileEntry(instant, 1).slice(0, -4))),

    /** Whether any file was ever committed, by what the cursor itself keeps of it. */
    async wasDelivered(accountId: string): Promise<boolean> {
      const { Item } = await client.send(
        new GetItemCommand({
          TableName: tableName,
          Key: { accountId: { S: accountId }, entry: { S: cursorEntry } },
          ConsistentRead: true,
        }),
      );
      return Item?.deliveredAt !== undefined;
    },
  };

  async function last(query: ReturnType<typeof between>): Promise<DeliveredFile | undefined> {
    const { Items = [] } = await client.send(
      new QueryCommand({ ...query, ConsistentRead: true, ScanIndexForward: false, Limit: 1 }),
    );
    return Items.map(fileFromItem)[0];
  }
}
