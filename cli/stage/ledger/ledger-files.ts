import { type DynamoDBClient, GetItemCommand, paginateQuery, QueryCommand } from '@aws-sdk/client-dynamodb';
import { cursorEntry, fileEntry, fileFromItem } from '../../../lambdas/aws/ledger-items.ts';
import type { DeliveredFile } from '../../../lambdas/domain/delivered-file.ts';
import type { Instant } from '../../../lambdas/domain/instant.ts';

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
    files: (accountId: string, since?: Instant) =>
      all(between(accountId, since === undefined ? 'file#' : windowEntry(since))),

    /** Files of the window that ends at an instant. */
    filesOfWindow: (accountId: string, end: Instant) =>
      all(between(accountId, windowEntry(end), `${windowEntry(end).slice(0, -1)}$`)),

    /** The last file of all. */
    latest: (accountId: string) => last(between(accountId, 'file#')),

    /** The last file of the windows that end before an instant. */
    lastBefore: (accountId: string, instant: Instant) =>
      last(between(accountId, 'file#', windowEntry(instant))),

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

  async function all(query: ReturnType<typeof between>): Promise<DeliveredFile[]> {
    const files: DeliveredFile[] = [];
    for await (const { Items = [] } of paginateQuery({ client }, { ...query, ConsistentRead: true }))
      files.push(...Items.map(fileFromItem));
    return files;
  }

  async function last(query: ReturnType<typeof between>): Promise<DeliveredFile | undefined> {
    const { Items = [] } = await client.send(
      new QueryCommand({ ...query, ConsistentRead: true, ScanIndexForward: false, Limit: 1 }),
    );
    return Items.map(fileFromItem)[0];
  }
}

/** What the rows of a window's files begin with, `#` included: it sorts right before them. */
function windowEntry(end: Instant): string {
  return fileEntry(end, 1).slice(0, -'0001'.length);
}
