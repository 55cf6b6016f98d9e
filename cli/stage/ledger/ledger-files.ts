import { type DynamoDBClient, GetItemCommand, paginateQuery, QueryCommand } from '@aws-sdk/client-dynamodb';
import { cursorEntry, fileEntry, fileFromItem } from '../../../lambdas/aws/ledger-items.ts';
import type { DeliveredFile } from '../../../lambdas/domain/delivered-file.ts';
import type { Instant } from '../../../lambdas/domain/instant.ts';

/** Reads the ledger’s rows of delivered files, ordered by window and part. */
export function createFileReader({ client, tableName }: { client: DynamoDBClient; tableName: string }) {
  // `$` sorts after `#`, so after the keys of all files.
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
    /** Files of the windows that end at this instant or later; all files without an instant. */
    files: (accountId: string, since?: Instant) =>
      all(between(accountId, since === undefined ? 'file#' : windowEntry(since))),

    /** Files of the window that ends at this instant. */
    filesOfWindow: (accountId: string, end: Instant) =>
      all(between(accountId, windowEntry(end), `${windowEntry(end).slice(0, -1)}$`)),

    /** The account’s last file. */
    latest: (accountId: string) => last(between(accountId, 'file#')),

    /** The last file of a window that ends before this instant. */
    lastBefore: (accountId: string, instant: Instant) =>
      last(between(accountId, 'file#', windowEntry(instant))),

    /** Whether a file was ever committed, according to the cursor item. */
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

/** The common beginning of the sort keys of a window’s files, with `#` at the end: it sorts directly before them. */
function windowEntry(end: Instant): string {
  return fileEntry(end, 1).slice(0, -'0001'.length);
}
