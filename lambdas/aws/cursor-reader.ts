import type { Cursor } from '../domain/cursor.ts';
import { createItemReader, type ItemReaderOptions } from './item-reader.ts';
import { cursorEntry, cursorFromItem } from './ledger-items.ts';

/** Reads many cursors at once, for the watchdog. */
export function createCursorReader(options: ItemReaderOptions) {
  const readItems = createItemReader(options);
  return {
    async cursors(accountIds: readonly string[]): Promise<ReadonlyMap<string, Cursor>> {
      const cursors = new Map<string, Cursor>();
      const keys = accountIds.map(accountId => ({ accountId: { S: accountId }, entry: { S: cursorEntry } }));
      for (const item of await readItems(keys))
        if (item.accountId?.S !== undefined) cursors.set(item.accountId.S, cursorFromItem(item));
      return cursors;
    },
  };
}
