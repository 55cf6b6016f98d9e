import {
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  type KeysAndAttributes,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { checkAccountId } from './account-id.ts';
import type { AccountRecord } from './account-record.ts';
import { changeOf, isAsItWas, isChangedAlready } from './record-change.ts';

const keysPerRequest = 100;

/**
 * The accounts table, for operators: the functions only read it. If the answer to a write is lost, the SDK repeats
 * the write, and its condition fails because the first one succeeded. So after a failed condition, the record is read
 * again.
 */
export function createRecordStore({ client, tableName }: { client: DynamoDBClient; tableName: string }) {
  const keyOf = (accountId: string) => ({ accountId: { S: accountId } });
  const itemOf = (record: AccountRecord) => marshall(record, { removeUndefinedValues: true });

  async function read(accountId: string): Promise<AccountRecord | undefined> {
    checkAccountId(accountId);
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, Key: keyOf(accountId), ConsistentRead: true }),
    );
    return Item && unmarshall(Item);
  }

  return {
    /** @throws CommandError `usage` if no table can hold the id */
    read,

    /**
     * The records of these accounts that exist.
     * @throws CommandError `usage` if no table can hold one of the ids
     */
    async readMany(accountIds: readonly string[]): Promise<ReadonlyMap<string, AccountRecord>> {
      for (const accountId of accountIds) checkAccountId(accountId);
      const records = new Map<string, AccountRecord>();
      for (let first = 0; first < accountIds.length; first += keysPerRequest) {
        const Keys = accountIds.slice(first, first + keysPerRequest).map(keyOf);
        let request: Record<string, KeysAndAttributes> | undefined = {
          [tableName]: { Keys, ConsistentRead: true },
        };
        while (request?.[tableName]) {
          const answer: BatchGetItemCommandOutput = await client.send(
            new BatchGetItemCommand({ RequestItems: request }),
          );
          for (const item of answer.Responses?.[tableName] ?? []) {
            const record = unmarshall(item);
            records.set(String(record.accountId), record);
          }
          request = answer.UnprocessedKeys;
        }
      }
      return records;
    },

    /** @returns false if the account exists; then nothing is changed */
    create: (record: AccountRecord) =>
      unlessConditionFails(
        client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: itemOf(record),
            ConditionExpression: 'attribute_not_exists(accountId)',
          }),
        ),
      ),

    /**
     * Changes a record attribute by attribute, so that attributes that other tools added meanwhile are kept.
     * @param before the record as it was read
     * @returns false if the record is gone, or if somebody changed an attribute that exports depend on; then nothing
     * is changed
     */
    async change(before: AccountRecord, after: AccountRecord): Promise<boolean> {
      const changed = await unlessConditionFails(
        client.send(new UpdateItemCommand({ TableName: tableName, ...changeOf(before, after) })),
      );
      return changed || isChangedAlready(await read(String(before.accountId)), before, after);
    },

    /** @returns false if the account does not exist */
    setStatus: (accountId: string, status: 'active' | 'paused') =>
      unlessConditionFails(
        client.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: keyOf(accountId),
            UpdateExpression: 'SET #status = :status',
            ConditionExpression: 'attribute_exists(accountId)',
            // `status` is a reserved word of DynamoDB.
            ExpressionAttributeNames: { '#status': 'status' },
            ExpressionAttributeValues: { ':status': { S: status } },
          }),
        ),
      ),

    /** @returns false if the record has changed; then it is not removed */
    async removeIfStill(record: AccountRecord): Promise<boolean> {
      const accountId = String(record.accountId);
      const removed = await unlessConditionFails(
        client.send(
          new DeleteItemCommand({ TableName: tableName, Key: keyOf(accountId), ...isAsItWas(record) }),
        ),
      );
      return removed || (await read(accountId)) === undefined;
    },

    async remove(accountId: string): Promise<void> {
      await client.send(new DeleteItemCommand({ TableName: tableName, Key: keyOf(accountId) }));
    },
  };
}

export type RecordStore = ReturnType<typeof createRecordStore>;

async function unlessConditionFails(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (thrown) {
    if (thrown instanceof ConditionalCheckFailedException) return false;
    throw thrown;
  }
}
