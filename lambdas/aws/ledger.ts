import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { type Cursor, isWorthNoting } from '../domain/cursor.ts';
import { toIso } from '../domain/instant.ts';
import type { Ledger } from '../domain/ledger.ts';
import { followingPart } from '../domain/plan.ts';
import { ifConditionHolds, retriedWhenThrottled } from './conditional-write.ts';
import { cursorEntry, cursorFromItem, fileEntry, fileToItem, intentToItem } from './ledger-items.ts';

/**
 * The table `export-ledger`: an item `cursor` and an item a delivered file, under the account's id.
 *
 * Every write names the cursor's version that its caller saw, and is safe to repeat: an answer that is lost makes
 * the repetition fail on its condition, and reading the cursor again shows what happened. A commit that the SDK
 * repeats by itself succeeds, since it carries one token.
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
      const created = await ifConditionHolds(() =>
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
      // Where the caller saw no attempt, there must be none: it would go on to write the file as it was planned before.
      const alone = cursor.attempts.length === 0 ? ' AND attribute_not_exists(attempts)' : '';
      return updateCursor(
        accountId,
        cursor,
        {
          UpdateExpression: `SET intent = :intent, version = :next ${noting.expression}REMOVE stopped`,
          ExpressionAttributeValues: {
            ...values({ ':intent': intentToItem(intent), ':next': cursor.version + 1 }),
            ...noting.values,
          },
        },
        `version = :version${alone}`,
      );
    },

    async commit(accountId, cursor, file) {
      const { exportedThrough, version, intent } = cursor;
      const next: Cursor = {
        exportedThrough: file.final ? file.window.end : exportedThrough,
        version: version + 1,
        intent: file.final || !intent ? undefined : followingPart(intent, file.lastSortKey ?? ''),
        attempts: [],
        failures: 0,
      };
      const row = { accountId, entry: fileEntry(file.window.end, file.part), ...fileToItem(file) };
      const written = await ifConditionHolds(() =>
        client.send(
          retriedWhenThrottled(
            new TransactWriteItemsCommand({
              ClientRequestToken: randomUUID(),
              TransactItems: [
                { Put: { TableName: tableName, Item: values(row) } },
                {
                  Update: {
                    TableName: tableName,
                    Key: key(accountId, cursorEntry),
                    UpdateExpression:
                      'SET exportedThrough = :through, version = :next, failures = :none, deliveredAt = :now' +
                      `${next.intent ? ', intent = :intent' : ''} REMOVE attempts, lastError${next.intent ? '' : ', intent'}`,
                    ConditionExpression: 'version = :version',
                    ExpressionAttributeValues: values({
                      ':version': version,
                      ':through': toIso(next.exportedThrough),
                      ':next': next.version,
                      ':none': next.failures,
                      ':now': toIso(file.deliveredAt),
                      ...(next.intent && { ':intent': intentToItem(next.intent) }),
                    }),
                  },
                },
              ],
            }),
          ),
        ),
      );
      return written && next;
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

  /** The cursor after a conditional update, or `undefined` where it is no longer as the caller saw it. */
  async function updateCursor(
    accountId: string,
    { version }: Cursor,
    update: Pick<UpdateItemCommandInput, 'UpdateExpression' | 'ExpressionAttributeValues'>,
    condition = 'version = :version',
  ): Promise<Cursor | undefined> {
    const written = await ifConditionHolds(() =>
      client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: key(accountId, cursorEntry),
          ReturnValues: 'ALL_NEW',
          ConditionExpression: condition,
          ...update,
          ExpressionAttributeValues: {
            ...update.ExpressionAttributeValues,
            ':version': { N: String(version) },
          },
        }),
      ),
    );
    return written?.Attributes && cursorFromItem(written.Attributes);
  }
}

const values = (record: Record<string, unknown>) => marshall(record, { removeUndefinedValues: true });

function key(accountId: string, entry: string): Record<string, AttributeValue> {
  return { accountId: { S: accountId }, entry: { S: entry } };
}
