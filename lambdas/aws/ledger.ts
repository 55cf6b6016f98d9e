import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { type Cursor, isWorthNoting } from '../domain/cursor.ts';
import { toIso } from '../domain/instant.ts';
import type { Ledger } from '../domain/ledger.ts';
import { followingPart } from '../domain/plan.ts';
import {
  cursorEntry,
  cursorFromItem,
  fileEntry,
  fileFromItem,
  fileToItem,
  intentToItem,
} from './ledger-items.ts';

/**
 * The table `ExportLedger`: an item `cursor` and an item a delivered file, under the account's id.
 *
 * Every write names the cursor's version that its caller saw, and is safe to repeat: an answer that is lost makes
 * the repetition fail on its condition, and reading the cursor again shows what happened.
 */
export function createLedger({ client, tableName }: { client: DynamoDBClient; tableName: string }): Ledger {
  return {
    async readCursor(accountId) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: key(accountId, cursorEntry), ConsistentRead: true }),
      );
      return Item && cursorFromItem(Item);
    },

    async createCursor(accountId, exportedThrough) {
      const item = {
        accountId,
        entry: cursorEntry,
        exportedThrough: toIso(exportedThrough),
        version: 0,
        failures: 0,
      };
      const created = await unlessConditionFails(
        client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: values(item),
            ConditionExpression: 'attribute_not_exists(accountId)',
          }),
        ),
      );
      const standing = created ? undefined : await this.readCursor(accountId);
      return standing ?? { exportedThrough, version: 0, attempts: [], failures: 0 };
    },

    async begin(accountId, cursor, intent, attempt) {
      const noting = isWorthNoting(cursor.attempts, attempt)
        ? { expression: 'ADD attempts :attempt ', values: { ':attempt': { SS: [attempt] } } }
        : { expression: '', values: undefined };
      if (cursor.intent === intent)
        return updateCursor(accountId, cursor, {
          UpdateExpression: `${noting.expression}REMOVE stopped`,
          ExpressionAttributeValues: noting.values,
        });
      return updateCursor(accountId, cursor, {
        UpdateExpression: `SET intent = :intent, version = :next ${noting.expression}REMOVE stopped`,
        ExpressionAttributeValues: {
          ...values({ ':intent': intentToItem(intent), ':next': cursor.version + 1 }),
          ...noting.values,
        },
      });
    },

    async readFile(accountId, windowEnd, part) {
      const { Item } = await client.send(
        new GetItemCommand({
          TableName: tableName,
          Key: key(accountId, fileEntry(windowEnd, part)),
          ConsistentRead: true,
        }),
      );
      return Item && fileFromItem(Item);
    },

    async recordFile(accountId, { version }, file) {
      const item = {
        accountId,
        entry: fileEntry(file.window.end, file.part),
        ...fileToItem(file),
        version,
      };
      return unlessConditionFails(
        client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: values(item),
            ConditionExpression: 'attribute_not_exists(accountId) OR version <= :version',
            ExpressionAttributeValues: { ':version': { N: String(version) } },
          }),
        ),
      );
    },

    async advance(accountId, cursor, file) {
      const next =
        file.final || !cursor.intent ? undefined : followingPart(cursor.intent, file.lastSortKey ?? '');
      return updateCursor(accountId, cursor, {
        UpdateExpression:
          'SET exportedThrough = :through, version = :next, failures = :none, deliveredAt = :now' +
          `${next ? ', intent = :intent' : ''} REMOVE attempts, lastError${next ? '' : ', intent'}`,
        ExpressionAttributeValues: values({
          ':through': toIso(file.final ? file.window.end : cursor.exportedThrough),
          ':next': cursor.version + 1,
          ':none': 0,
          ':now': toIso(file.deliveredAt),
          ...(next && { ':intent': intentToItem(next) }),
        }),
      });
    },

    async recordFailure(accountId, cursor, { code, message, at }, cleared) {
      const noted = await updateCursor(accountId, cursor, {
        UpdateExpression: `SET failures = failures + :one, lastError = :error${cleared ? ' DELETE attempts :cleared' : ''}`,
        ExpressionAttributeValues: {
          ...values({ ':one': 1, ':error': { code, message, at: toIso(at) } }),
          ...(cleared && { ':cleared': { SS: [cleared] } }),
        },
      });
      return noted !== undefined;
    },

    async recordStop(accountId, cursor, reason) {
      const noted = await updateCursor(accountId, cursor, {
        UpdateExpression: 'SET stopped = :reason',
        ExpressionAttributeValues: { ':reason': { S: reason } },
      });
      return noted !== undefined;
    },
  };

  /** The cursor after a conditional update, or `undefined` where its version is no longer the caller's. */
  async function updateCursor(
    accountId: string,
    { version }: Cursor,
    update: Pick<UpdateItemCommandInput, 'UpdateExpression' | 'ExpressionAttributeValues'>,
  ): Promise<Cursor | undefined> {
    try {
      const { Attributes } = await client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: key(accountId, cursorEntry),
          ReturnValues: 'ALL_NEW',
          ConditionExpression: 'version = :version',
          ...update,
          ExpressionAttributeValues: {
            ...update.ExpressionAttributeValues,
            ':version': { N: String(version) },
          },
        }),
      );
      return Attributes && cursorFromItem(Attributes);
    } catch (thrown) {
      if (thrown instanceof ConditionalCheckFailedException) return undefined;
      throw thrown;
    }
  }
}

const values = (record: Record<string, unknown>) => marshall(record, { removeUndefinedValues: true });

function key(accountId: string, entry: string): Record<string, AttributeValue> {
  return { accountId: { S: accountId }, entry: { S: entry } };
}

/** True if the write was made, false if its condition did not hold. */
async function unlessConditionFails(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (thrown) {
    if (thrown instanceof ConditionalCheckFailedException) return false;
    throw thrown;
  }
}
