import { type BatchGetOptions, createBatchGet, type Item } from './batch-get.ts';

const keysPerRequest = 100;
const requestsInFlight = 8;

export interface ItemReaderOptions extends BatchGetOptions {
  readonly tableName: string;
}

/** Reads the items with these keys, which must all differ. The result is unordered and lacks missing items. */
export function createItemReader({ tableName, ...options }: ItemReaderOptions) {
  const batchGet = createBatchGet(options);
  return async (keys: readonly Item[]): Promise<readonly Item[]> => {
    const items: Item[] = [];
    let next = 0;
    const readOn = async () => {
      while (next < keys.length) {
        const first = next;
        next += keysPerRequest;
        const read = await batchGet({ [tableName]: { Keys: keys.slice(first, next) } });
        items.push(...(read.get(tableName) ?? []));
      }
    };
    await Promise.all(Array.from({ length: requestsInFlight }, readOn));
    return items;
  };
}
