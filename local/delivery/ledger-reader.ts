import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { cursorEntry, cursorFromItem, fileFromItem } from '../../lambdas/aws/ledger-items.ts';
import type { Cursor } from '../../lambdas/domain/cursor.ts';
import type { DeliveredFile } from '../../lambdas/domain/delivered-file.ts';

/** The ledger’s items of an account. */
export interface AccountLedger {
  readonly cursor: Cursor | undefined;
  readonly files: readonly DeliveredFile[];
}

export async function readLedger(
  client: DynamoDBClient,
  tableName: string,
  accountId: string,
): Promise<AccountLedger> {
  let cursor: Cursor | undefined;
  const files: DeliveredFile[] = [];
  const query = {
    TableName: tableName,
    KeyConditionExpression: 'accountId = :account',
    ExpressionAttributeValues: { ':account': { S: accountId } },
    ConsistentRead: true,
  };
  for await (const { Items = [] } of paginateQuery({ client }, query))
    for (const item of Items) {
      if (item.entry?.S === cursorEntry) cursor = cursorFromItem(item);
      else files.push(fileFromItem(item));
    }
  return { cursor, files };
}
