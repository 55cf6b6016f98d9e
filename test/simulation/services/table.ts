import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Process } from '../world/process.ts';
import { UnsupportedCallError } from '../world/process.ts';
import type { Item } from './expressions.ts';

/** The limit for an item. It is smaller than DynamoDB’s 400 KB, because the simulation’s items are small. */
const largestItem = 32 * 1024;

export type WriteListener = (
  process: Process | undefined,
  before: Item | undefined,
  after: Item | undefined,
) => void;

/** A table of items by key. Items are copied in and out. */
export interface Table {
  get(key: Item): Item | undefined;
  put(process: Process | undefined, item: Item): void;
  delete(key: Item): void;
  /** All items sorted by key; not copied. */
  items(): readonly Item[];
}

export function createTable(keyNames: readonly string[], onWrite: WriteListener = () => undefined): Table {
  const items = new Map<string, Item>();
  let sorted: readonly Item[] | undefined;
  const keyOf = (item: Item) =>
    keyNames
      .map(name => {
        const value = item[name]?.S;
        if (value === undefined) throw new UnsupportedCallError(`The key ${name} is missing`);
        return value;
      })
      .join('\u0000');
  return {
    get(key) {
      const item = items.get(keyOf(key));
      return item && copyItem(item);
    },
    put(process, item) {
      const key = keyOf(item);
      const before = items.get(key);
      const after = copyItem(item);
      if (sizeOf({ M: after }) > largestItem) throw itemTooLarge();
      items.set(key, after);
      sorted = undefined;
      onWrite(process, before, after);
    },
    delete(key) {
      items.delete(keyOf(key));
      sorted = undefined;
    },
    items() {
      sorted ??= [...items.entries()]
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([, item]) => item);
      return sorted;
    },
  };
}

export function copyItem(item: Item): Item {
  const copy: Item = {};
  for (const name in item) {
    const value = item[name];
    if (value) copy[name] = copyValue(value);
  }
  return copy;
}

function copyValue(value: AttributeValue): AttributeValue {
  if (value.M) return { M: copyItem(value.M) };
  if (value.L) return { L: value.L.map(copyValue) };
  if (value.SS) return { SS: [...value.SS] };
  return { ...value };
}

function sizeOf(value: AttributeValue): number {
  if (value.M)
    return Object.entries(value.M).reduce((sum, [name, member]) => sum + name.length + sizeOf(member), 3);
  if (value.L) return value.L.reduce((sum, member) => sum + sizeOf(member), 3);
  if (value.SS) return value.SS.reduce((sum, member) => sum + member.length, 0);
  return value.S?.length ?? value.N?.length ?? 1;
}

function itemTooLarge(): Error {
  return Object.assign(new Error('Item size has exceeded the maximum allowed size'), {
    name: 'ValidationException',
  });
}
