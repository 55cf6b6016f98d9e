import { setTimeout as waitFor } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
  type KeysAndAttributes,
} from '@aws-sdk/client-dynamodb';

export type Item = Record<string, AttributeValue>;

type Requests = Readonly<Record<string, KeysAndAttributes>>;

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
 * @returns a function that answers with the items by table, in any order; what `extras` asks for of other tables is
 *   read along if that costs nothing, and is missing if it cannot be read at once
 */
export function createBatchGet({ client, pause = waitFor }: BatchGetOptions) {
  return async (requests: Requests, extras: Requests = {}): Promise<ReadonlyMap<string, readonly Item[]>> => {
    const items = new Map<string, Item[]>();
    let left = requests;
    for (let tries = 0; Object.keys(left).length > 0; tries++) {
      if (tries === mostTries)
        throw new Error(`DynamoDB leaves items of ${Object.keys(left).join(', ')} unread, time after time`);
      if (tries > 0) await pause(firstPause * 2 ** tries);
      const answer = await (tries === 0 ? getWith(left, extras) : get(left));
      for (const [table, read] of Object.entries(answer.Responses ?? {}))
        items.set(table, [...(items.get(table) ?? []), ...read]);
      left = Object.fromEntries(
        Object.entries(answer.UnprocessedKeys ?? {}).filter(([table]) => table in requests),
      );
    }
    return items;
  };

  function get(requests: Requests): Promise<BatchGetItemCommandOutput> {
    return client.send(new BatchGetItemCommand({ RequestItems: requests }));
  }

  /** One table that may not be read, or is throttled, has DynamoDB refuse the whole request. */
  async function getWith(requests: Requests, extras: Requests): Promise<BatchGetItemCommandOutput> {
    if (Object.keys(extras).length === 0) return get(requests);
    try {
      return await get({ ...requests, ...extras });
    } catch {
      return get(requests);
    }
  }
}
