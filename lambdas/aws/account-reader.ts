import type { AccountReader } from '../exporter/ports.ts';
import { recordFrom } from './account-table.ts';
import { type BatchGetOptions, createBatchGet } from './batch-get.ts';
import { cursorEntry, cursorFromItem } from './ledger-items.ts';
import { silencesFromItem, silencesKey } from './silences.ts';

interface AccountReaderOptions extends BatchGetOptions {
  readonly accountsTable: string;
  readonly ledgerTable: string;
  readonly dispatchStateTable: string;
}

/**
 * Reads everything that an export needs at its start with one request: the record and the cursor with strong
 * consistency, and the known silences of destinations. An error in reading the silences does not stop the export.
 */
export function createAccountReader(options: AccountReaderOptions): AccountReader {
  const { accountsTable, ledgerTable, dispatchStateTable } = options;
  const batchGet = createBatchGet(options);
  return {
    async read(accountId) {
      const id = { S: accountId };
      const read = await batchGet(
        {
          [accountsTable]: { Keys: [{ accountId: id }], ConsistentRead: true },
          [ledgerTable]: { Keys: [{ accountId: id, entry: { S: cursorEntry } }], ConsistentRead: true },
        },
        { [dispatchStateTable]: { Keys: [silencesKey] } },
      );
      const [record] = read.get(accountsTable) ?? [];
      const [cursor] = read.get(ledgerTable) ?? [];
      const [silences] = read.get(dispatchStateTable) ?? [];
      return {
        record: record && recordFrom(record),
        cursor: cursor && cursorFromItem(cursor),
        silences: silencesFromItem(silences),
      };
    },
  };
}
