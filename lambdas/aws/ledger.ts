import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { attemptsWith, type Cursor, canHaveCreated } from '../domain/cursor.ts';
import { type Instant, toIso } from '../domain/instant.ts';
import { followingPart } from '../domain/plan.ts';
import { placeName } from '../domain/recipe.ts';
import type { Ledger } from '../exporter/ports.ts';
import { ifConditionHolds, retriedWhenThrottled } from './conditional-write.ts';
import {
  attemptsToItem,
  cursorEntry,
  cursorFromItem,
  entriesOfWindows,
  fileEntry,
  fileFromItem,
  fileToItem,
  intentToItem,
} from './ledger-items.ts';

/**
 * The table `export-ledger`. Under each account id it has one item `cursor` and one item for each delivered file.
 *
 * Every write has a condition on the cursor's version that its caller read. So it is safe to repeat: if an answer was
 * lost, the repetition fails on the condition, and reading the cursor again shows what happened. A commit that the SDK
 * itself retries succeeds, because it has the same request token. Every write that matters for an export changes
 * `lastWrite`, and `begin` has a condition on it.
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
      const cursor: Cursor = {
        exportedThrough,
        version: 0,
        lastWrite: 'created',
        attempts: [],
        failures: 0,
      };
      const item = { ...cursor, exportedThrough: toIso(exportedThrough), attempts: {} };
      const created = await ifConditionHolds(() =>
        client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: values({ accountId, entry: cursorEntry, ...item }),
            ConditionExpression: 'attribute_not_exists(accountId)',
          }),
        ),
      );
      const standing = created ? undefined : await this.readCursor(accountId);
      return standing ?? cursor;
    },

    async begin(accountId, cursor, intent, attempt) {
      const attempts = attemptsWith(cursor.attempts, attempt);
      const kept = new Set(attempts.map(({ token }) => token));
      // With the new version the `noteCreating` of a removed attempt fails, so it cannot create the object later.
      const removesAttempts = cursor.attempts.some(other => !kept.has(other.token) && !canHaveCreated(other));
      const isSame = cursor.intent === intent && !removesAttempts;
      return updateCursor(accountId, `begun ${attempt.token}`, {
        UpdateExpression: 'SET intent = :intent, version = :next, attempts = :attempts REMOVE stopped',
        ConditionExpression: 'version = :version AND lastWrite = :seen',
        ExpressionAttributeValues: values({
          ':intent': intentToItem(intent),
          ':next': cursor.version + (isSame ? 0 : 1),
          ':attempts': attemptsToItem(attempts),
          ':version': cursor.version,
          ':seen': cursor.lastWrite,
        }),
      });
    },

    async noteCreating(accountId, { version }, { token }) {
      const noted = await updateCursor(accountId, `creating ${token}`, {
        UpdateExpression: 'SET attempts.#mine.step = :step',
        ConditionExpression: 'version = :version AND attribute_exists(attempts.#mine)',
        ExpressionAttributeNames: { '#mine': token },
        ExpressionAttributeValues: values({ ':step': 'creating', ':version': version }),
      });
      return noted !== undefined;
    },

    async commit(accountId, cursor, file) {
      const { exportedThrough, version, intent } = cursor;
      const acceptedAt = file.key === undefined ? cursor.acceptedAt : file.deliveredAt;
      const next: Cursor = {
        exportedThrough: file.final ? file.window.end : exportedThrough,
        version: version + 1,
        lastWrite: `committed ${version}`,
        intent: file.final || !intent ? undefined : followingPart(intent, file.lastSortKey ?? ''),
        attempts: [],
        deliveredAt: file.deliveredAt,
        acceptedAt,
        deliveredTo: placeName(file.place),
        failures: 0,
        recountedThrough: cursor.recountedThrough,
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
                      'SET exportedThrough = :through, version = :next, lastWrite = :write, attempts = :none, ' +
                      'failures = :zero, deliveredAt = :now, deliveredTo = :place' +
                      `${acceptedAt === undefined ? '' : ', acceptedAt = :accepted'}${next.intent ? ', intent = :intent' : ''} ` +
                      `REMOVE lastError, tooLargeBytes, failingSince${next.intent ? '' : ', intent'}`,
                    // Without an object nothing shows that another exporter with the same message is creating one.
                    ConditionExpression: `version = :version${file.key === undefined ? ' AND lastWrite = :seen' : ''}`,
                    ExpressionAttributeValues: values({
                      ':version': version,
                      ...(file.key === undefined && { ':seen': cursor.lastWrite }),
                      ':through': toIso(next.exportedThrough),
                      ':next': next.version,
                      ':write': next.lastWrite,
                      ':none': {},
                      ':zero': next.failures,
                      ':now': toIso(file.deliveredAt),
                      ':place': next.deliveredTo,
                      ...(acceptedAt !== undefined && { ':accepted': toIso(acceptedAt) }),
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

    async recordFailure(accountId, { version, failingSince }, { code, message, at }, ended) {
      const isTooLarge = ended !== undefined && code === 'out_of_time';
      const failure = {
        ':one': 1,
        ':error': { code, message, at: toIso(at) },
        ':since': toIso(failingSince ?? at),
        ':version': version,
        ...(isTooLarge && { ':size': ended.attempt.partBytes }),
      };
      const size = isTooLarge ? ', tooLargeBytes = :size' : '';
      const set: `SET ${string}` = `SET failures = failures + :one, lastError = :error, failingSince = :since${size}`;
      const write = ended
        ? `${ended.became === 'refused' ? 'struck out' : 'failed'} ${ended.attempt.token}`
        : `failed ${version} ${toIso(at)}`;
      const noted = await updateCursor(
        accountId,
        write,
        ended
          ? {
              UpdateExpression: `${set} REMOVE attempts.#mine${ended.became === 'refused' ? '' : '.lease'}`,
              ConditionExpression: 'version = :version AND attribute_exists(attempts.#mine)',
              ExpressionAttributeNames: { '#mine': ended.attempt.token },
              ExpressionAttributeValues: values(failure),
            }
          : {
              UpdateExpression: set,
              ConditionExpression: 'version = :version',
              ExpressionAttributeValues: values(failure),
            },
      );
      return noted !== undefined;
    },

    async recordStop(accountId, { version }, reason) {
      const noted = await updateCursor(accountId, `${reason} ${version}`, {
        UpdateExpression: 'SET stopped = :reason',
        ConditionExpression: 'version = :version',
        ExpressionAttributeValues: values({ ':reason': reason, ':version': version }),
      });
      return noted !== undefined;
    },

    async *deliveredWindows(accountId, after, upTo) {
      const [from, to] = entriesOfWindows(after, upTo);
      const query = {
        TableName: tableName,
        KeyConditionExpression: 'accountId = :account AND #entry BETWEEN :from AND :to',
        ExpressionAttributeNames: { '#entry': 'entry' },
        ExpressionAttributeValues: values({ ':account': accountId, ':from': from, ':to': to }),
      };
      let records = 0;
      let readAt: Instant | undefined;
      for await (const { Items = [] } of paginateQuery({ client }, query))
        for (const file of Items.map(fileFromItem)) {
          records += file.records;
          readAt ??= file.startedAt;
          if (!file.final) continue;
          yield { window: file.window, records, readAt };
          records = 0;
          readAt = undefined;
        }
    },

    async noteRecounted(accountId, through) {
      // Must not change version or `lastWrite`: an exporter that is uploading a file would have to begin it again.
      await ifConditionHolds(() =>
        client.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: key(accountId, cursorEntry),
            UpdateExpression: 'SET recountedThrough = :through',
            ConditionExpression:
              'attribute_exists(accountId) AND attribute_not_exists(recountedThrough) OR recountedThrough < :through',
            ExpressionAttributeValues: values({ ':through': toIso(through) }),
          }),
        ),
      );
    },
  };

  /** The cursor after a conditional update; `undefined` if it has changed since the caller read it. */
  async function updateCursor(
    accountId: string,
    write: string,
    { UpdateExpression, ExpressionAttributeValues, ...update }: CursorUpdate,
  ): Promise<Cursor | undefined> {
    const written = await ifConditionHolds(() =>
      client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: key(accountId, cursorEntry),
          ReturnValues: 'ALL_NEW',
          UpdateExpression: UpdateExpression.replace(/^SET /, 'SET lastWrite = :write, '),
          ExpressionAttributeValues: { ...ExpressionAttributeValues, ...values({ ':write': write }) },
          ...update,
        }),
      ),
    );
    return written?.Attributes && cursorFromItem(written.Attributes);
  }
}

/** A conditional update that begins with `SET`. */
type CursorUpdate = Pick<UpdateItemCommandInput, 'ExpressionAttributeNames' | 'ExpressionAttributeValues'> & {
  readonly UpdateExpression: `SET ${string}`;
  readonly ConditionExpression: string;
};

const values = (record: Record<string, unknown>) => marshall(record, { removeUndefinedValues: true });

function key(accountId: string, entry: string): Record<string, AttributeValue> {
  return { accountId: { S: accountId }, entry: { S: entry } };
}
