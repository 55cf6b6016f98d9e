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
  /** Waits between two tries. */
  pause?(milliseconds: number): Promise<unknown>;
}

/**
 * Reads up to 100 items by their keys, from one or several tables. It requests keys again that DynamoDB leaves
 * unprocessed, so an item that is missing from the result does not exist.
 *
 * @returns a function that returns the items by table, in any order. The keys in `extras`, of other tables, are
 *   optional: the first request also reads them, and if it fails or leaves them unprocessed, the result lacks them
 */
export function createBatchGet({ client, pause = waitFor }: BatchGetOptions) {
  return async (requests: Requests, extras: Requests = {}): Promise<ReadonlyMap<string, readonly Item[]>> => {
    const items = new Map<string, Item[]>();
    let left = requests;
    for (let tries = 0; Object.keys(left).length > 0; tries++) {
      if (tries === mostTries)
        throw new Error(
          `DynamoDB left items of ${Object.keys(left).join(', ')} unprocessed in ${mostTries} requests`,
        );
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

  /**
   * DynamoDB rejects the whole request if one table is throttled or must not be read: then reads without the extras.
   */
  async function getWith(requests: Requests, extras: Requests): Promise<BatchGetItemCommandOutput> {
    if (Object.keys(extras).length === 0) return get(requests);
    try {
      return await get({ ...requests, ...extras });
    } catch {
      return get(requests);
    }
  }
}
