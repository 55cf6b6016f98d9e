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
import type { AnnounceChange } from './account-changes.ts';
import { checkAccountId } from './account-id.ts';
import type { AccountRecord } from './account-record.ts';
import { changedAttributes, changeOf, isAsItWas } from './record-change.ts';

const keysPerRequest = 100;

export interface RecordStoreOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly announce: AnnounceChange;
}

/**
 * The table of accounts, for operators: the functions never write it. Every change is announced, and throws what
 * `announce` throws.
 */
export function createRecordStore({ client, tableName, announce }: RecordStoreOptions) {
  const keyOf = (accountId: string) => ({ accountId: { S: accountId } });
  const itemOf = (record: AccountRecord) => marshall(record, { removeUndefinedValues: true });

  return {
    /** @throws CommandError `usage` if no table can hold the id */
    async read(accountId: string): Promise<AccountRecord | undefined> {
      checkAccountId(accountId);
      const { Item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: keyOf(accountId), ConsistentRead: true }),
      );
      return Item && unmarshall(Item);
    },

    /**
     * The records of these accounts, as far as they exist.
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

    /** @returns false if the account exists already; nothing is changed then */
    async create(record: AccountRecord): Promise<boolean> {
      const created = await unlessConditionFails(
        client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: itemOf(record),
            ConditionExpression: 'attribute_not_exists(accountId)',
          }),
        ),
      );
      if (!created) return false;
      const attributes = changedAttributes({}, record);
      await announce({ accountId: String(record.accountId), change: 'added', attributes, after: record });
      return true;
    },

    /**
     * Makes the record another one, attribute by attribute: what other tools have added meanwhile stays.
     * @param before the record as it was read
     * @returns false if it is gone, or an attribute of it that exports follow is another meanwhile; nothing is changed then
     */
    async change(before: AccountRecord, after: AccountRecord): Promise<boolean> {
      const changed = await unlessConditionFails(
        client.send(new UpdateItemCommand({ TableName: tableName, ...changeOf(before, after) })),
      );
      if (!changed) return false;
      const attributes = changedAttributes(before, after);
      if (attributes.length > 0)
        await announce({ accountId: String(before.accountId), change: 'changed', attributes, before, after });
      return true;
    },

    /** @returns false if the account does not exist */
    async setStatus(accountId: string, status: 'active' | 'paused'): Promise<boolean> {
      const before = await unlessConditionFails(
        client.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: keyOf(accountId),
            UpdateExpression: 'SET #status = :status',
            ConditionExpression: 'attribute_exists(accountId)',
            // A reserved word of DynamoDB's.
            ExpressionAttributeNames: { '#status': 'status' },
            ExpressionAttributeValues: { ':status': { S: status } },
            ReturnValues: 'UPDATED_OLD',
          }),
        ),
      );
      if (!before) return false;
      if (before.Attributes?.status?.S !== status)
        await announce({ accountId, change: 'changed', attributes: ['status'] });
      return true;
    },

    /** @returns false if the account is gone, or its record is another meanwhile; it is left then */
    async removeIfStill(record: AccountRecord): Promise<boolean> {
      const accountId = String(record.accountId);
      const removed = await unlessConditionFails(
        client.send(
          new DeleteItemCommand({ TableName: tableName, Key: keyOf(accountId), ...isAsItWas(record) }),
        ),
      );
      if (!removed) return false;
      await announce({ accountId, change: 'removed', attributes: [], before: record });
      return true;
    },

    async remove(accountId: string): Promise<void> {
      const { Attributes } = await client.send(
        new DeleteItemCommand({ TableName: tableName, Key: keyOf(accountId), ReturnValues: 'ALL_OLD' }),
      );
      if (Attributes)
        await announce({ accountId, change: 'removed', attributes: [], before: unmarshall(Attributes) });
    },
  };
}

export type RecordStore = ReturnType<typeof createRecordStore>;

async function unlessConditionFails<Answer>(write: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await write;
  } catch (thrown) {
    if (thrown instanceof ConditionalCheckFailedException) return undefined;
    throw thrown;
  }
}
