import { type BatchGetItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { createItemReader } from '../../../lambdas/aws/item-reader.ts';

type Keys = readonly Record<string, { S: string }>[];

/** A client that answers each batch request with the items and unprocessed keys of `answer`. */
function clientWith(answer: (keys: Keys) => Promise<{ items: Keys; left?: Keys }>): DynamoDBClient {
  const send = async ({ input }: BatchGetItemCommand) => {
    const { items, left = [] } = await answer((input.RequestItems?.table?.Keys ?? []) as Keys);
    return { Responses: { table: items }, UnprocessedKeys: left.length > 0 ? { table: { Keys: left } } : {} };
  };
  return Object.assign(Object.create(DynamoDBClient.prototype), { send });
}

const keysOf = (count: number): Keys =>
  Array.from({ length: count }, (_, index) => ({ name: { S: `item-${index}` } }));

describe('items by their keys', () => {
  it('are read a hundred a request, and eight requests at once', async () => {
    const sizes: number[] = [];
    let arrived: () => void = () => undefined;
    const eight = new Promise<void>(resolve => {
      arrived = () => void (sizes.length === 8 && resolve());
    });
    const client = clientWith(async keys => {
      sizes.push(keys.length);
      arrived();
      // Answers only after eight requests.
      await eight;
      return { items: keys };
    });
    const items = await createItemReader({ client, tableName: 'table' })(keysOf(1950));
    expect(new Set(items.map(item => item.name?.S)).size).toBe(1950);
    expect(sizes.toSorted((one, other) => one - other)).toEqual([50, ...Array<number>(19).fill(100)]);
  });

  it('that an answer leaves out are asked for again, after a pause that doubles', async () => {
    const pauses: number[] = [];
    const client = clientWith(async keys => ({ items: keys.slice(0, 30), left: keys.slice(30) }));
    const pause = async (milliseconds: number) => void pauses.push(milliseconds);
    const items = await createItemReader({ client, tableName: 'table', pause })(keysOf(100));
    expect(items).toHaveLength(100);
    expect(pauses).toEqual([100, 200, 400]);
  });

  it('that are left out time after time are an error', async () => {
    const client = clientWith(async keys => ({ items: [], left: keys }));
    const reading = createItemReader({ client, tableName: 'table', pause: async () => undefined })(keysOf(1));
    await expect(reading).rejects.toThrow('DynamoDB left items of table unprocessed');
  });
});
