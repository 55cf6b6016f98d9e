import type { Cursor } from '../domain/cursor.ts';
import { ExportError } from '../domain/failure.ts';
import { createItemReader, type ItemReaderOptions } from './item-reader.ts';
import { cursorEntry, cursorFromItem } from './ledger-items.ts';

/** A cursor, or the error that explains why it cannot be read. */
export type FoundCursor = Cursor | ExportError;

/** Reads cursors with eventual consistency: cheaper, but no write may be based on them. */
export function createCursorReader(options: ItemReaderOptions) {
  const readItems = createItemReader(options);
  return {
    /** The cursors of these accounts. A cursor that cannot be read does not prevent reading the others. */
    async cursors(accountIds: readonly string[]): Promise<ReadonlyMap<string, FoundCursor>> {
      const cursors = new Map<string, FoundCursor>();
      const keys = accountIds.map(accountId => ({ accountId: { S: accountId }, entry: { S: cursorEntry } }));
      for (const item of await readItems(keys))
        if (item.accountId?.S !== undefined) cursors.set(item.accountId.S, found(item));
      return cursors;
    },

    /** @throws ExportError `internal` if it cannot be read */
    async cursor(accountId: string): Promise<Cursor | undefined> {
      const cursor = (await this.cursors([accountId])).get(accountId);
      if (cursor instanceof ExportError) throw cursor;
      return cursor;
    },
  };
}

function found(item: Parameters<typeof cursorFromItem>[0]): FoundCursor {
  try {
    return cursorFromItem(item);
  } catch (thrown) {
    if (thrown instanceof ExportError) return thrown;
    throw thrown;
  }
}
