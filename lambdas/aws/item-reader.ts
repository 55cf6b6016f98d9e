import { setTimeout as waitFor } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
  type KeysAndAttributes,
} from '@aws-sdk/client-dynamodb';

type Item = Record<string, AttributeValue>;

const keysPerRequest = 100;
const requestsInFlight = 8;
const mostTries = 8;
const firstPause = 50;

export interface ItemReaderOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Resolves after so many milliseconds. */
  pause?(milliseconds: number): Promise<unknown>;
}

/** Reads the items that have one of these keys, all different, in any order; those that are not there are left out. */
export function createItemReader({ client, tableName, pause = waitFor }: ItemReaderOptions) {
  return async (keys: readonly Item[]): Promise<readonly Item[]> => {
    const items: Item[] = [];
    let next = 0;
    const readOn = async () => {
      while (next < keys.length) {
        const first = next;
        next += keysPerRequest;
        items.push(...(await readBatch(keys.slice(first, next))));
      }
    };
    await Promise.all(Array.from({ length: requestsInFlight }, readOn));
    return items;
  };

  async function readBatch(keys: Item[]): Promise<Item[]> {
    const items: Item[] = [];
    let request: Record<string, KeysAndAttributes> | undefined = { [tableName]: { Keys: keys } };
    for (let tries = 0; request?.[tableName]; tries++) {
      if (tries === mostTries)
        throw new Error(`DynamoDB leaves items of ${tableName} unread, time after time`);
      if (tries > 0) await pause(firstPause * 2 ** tries);
      const answer: BatchGetItemCommandOutput = await client.send(
        new BatchGetItemCommand({ RequestItems: request }),
      );
      items.push(...(answer.Responses?.[tableName] ?? []));
      request = answer.UnprocessedKeys;
    }
    return items;
  }
}
