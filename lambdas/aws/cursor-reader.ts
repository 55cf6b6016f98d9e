import { setTimeout as waitFor } from 'node:timers/promises';
import {
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
  type KeysAndAttributes,
} from '@aws-sdk/client-dynamodb';
import type { Cursor } from '../domain/cursor.ts';
import { cursorEntry, cursorFromItem } from './ledger-items.ts';

const keysPerRequest = 100;
const mostTries = 8;
const firstPause = 50;

interface CursorReaderOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Resolves after so many milliseconds. */
  pause?(milliseconds: number): Promise<unknown>;
}

/** Reads many cursors at once, for the watchdog. */
export function createCursorReader({ client, tableName, pause = waitFor }: CursorReaderOptions) {
  return {
    async cursors(accountIds: readonly string[]): Promise<ReadonlyMap<string, Cursor>> {
      const cursors = new Map<string, Cursor>();
      for (let first = 0; first < accountIds.length; first += keysPerRequest) {
        const keys = accountIds
          .slice(first, first + keysPerRequest)
          .map(accountId => ({ accountId: { S: accountId }, entry: { S: cursorEntry } }));
        let request: Record<string, KeysAndAttributes> | undefined = { [tableName]: { Keys: keys } };
        for (let tries = 0; request?.[tableName]; tries++) {
          if (tries === mostTries) throw new Error('DynamoDB leaves cursors unread, time after time');
          if (tries > 0) await pause(firstPause * 2 ** tries);
          const answer: BatchGetItemCommandOutput = await client.send(
            new BatchGetItemCommand({ RequestItems: request }),
          );
          for (const item of answer.Responses?.[tableName] ?? [])
            if (item.accountId?.S !== undefined) cursors.set(item.accountId.S, cursorFromItem(item));
          request = answer.UnprocessedKeys;
        }
      }
      return cursors;
    },
  };
}
