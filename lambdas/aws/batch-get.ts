import { setTimeout as waitFor } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
  type KeysAndAttributes,
} from '@aws-sdk/client-dynamodb';

export type Item = Record<string, AttributeValue>;

const mostTries = 8;
const firstPause = 50;

export interface BatchGetOptions {
  readonly client: DynamoDBClient;
  /** Resolves after so many milliseconds. */
  pause?(milliseconds: number): Promise<unknown>;
}

/**
 * Reads up to 100 items by their keys, of one table or several. What DynamoDB leaves unread for the moment is asked for
 * again: an item that is missing from the answer is one that does not exist.
 *
 * @returns a function that answers with the items by table, in any order
 */
export function createBatchGet({ client, pause = waitFor }: BatchGetOptions) {
  return async (
    requests: Readonly<Record<string, KeysAndAttributes>>,
  ): Promise<ReadonlyMap<string, readonly Item[]>> => {
    const items = new Map<string, Item[]>();
    let left: Record<string, KeysAndAttributes> = requests;
    for (let tries = 0; Object.keys(left).length > 0; tries++) {
      if (tries === mostTries)
        throw new Error(`DynamoDB leaves items of ${Object.keys(left).join(', ')} unread, time after time`);
      if (tries > 0) await pause(firstPause * 2 ** tries);
      const answer: BatchGetItemCommandOutput = await client.send(
        new BatchGetItemCommand({ RequestItems: left }),
      );
      for (const [table, read] of Object.entries(answer.Responses ?? {}))
        items.set(table, [...(items.get(table) ?? []), ...read]);
      left = answer.UnprocessedKeys ?? {};
    }
    return items;
  };
}
