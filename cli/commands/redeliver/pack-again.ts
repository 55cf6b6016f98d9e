import { type Archive, createArchive } from '../../../lambdas/archive/archive.ts';
import { deflateOnThreadPool } from '../../../lambdas/archive/deflate.ts';
import type { Page } from '../../../lambdas/archive/page.ts';
import type { DeliveredFile } from '../../../lambdas/domain/delivered-file.ts';
import { entryName } from '../../../lambdas/domain/object-key.ts';
import type { EncodeRows } from '../../../lambdas/exporter/cut-part.ts';
import type { AuditLog } from '../../../lambdas/exporter/ports.ts';

export interface Repacking {
  readonly accountId: string;
  readonly file: DeliveredFile;
  /** The last sort key of the previous part; absent for the first part. */
  readonly after: string | undefined;
  /** Compression level of zlib: 1 (fast) to 9 (small). */
  readonly level: number;
  /** Makes the lines of the file’s format. */
  readonly encode: EncodeRows;
  readonly auditLog: Pick<AuditLog, 'pages'>;
}

/**
 * Makes a delivered file again, from the rows and the recipe in the ledger. If the rows are unchanged, it has the
 * same bytes.
 */
export function packAgain(
  { accountId, file, after, level, encode, auditLog }: Repacking,
  signal: AbortSignal,
) {
  const { window, part, final, format, compression, lastSortKey } = file;
  const pages = auditLog.pages(accountId, window, after, signal);
  let records = 0;

  async function* lines(): AsyncGenerator<Uint8Array> {
    for await (const page of pages) {
      // The last part takes the rest of the window; the others end at the row that the ledger names.
      const end = final ? undefined : rowAfter(page, lastSortKey);
      const count = end ?? page.count;
      records += count;
      yield await encode(page, count);
      if (end !== undefined) return;
    }
  }

  const archive: Archive = createArchive({
    lines: lines(),
    format,
    compression,
    entryName: entryName({ accountId, windowEnd: window.end, part, compression }),
    modifiedAt: window.end,
    level,
    deflateBlock: deflateOnThreadPool,
  });
  return { body: archive.body, figures: () => ({ records, ...archive.figures() }) };
}

function rowAfter(page: Page, sortKey: string | undefined): number | undefined {
  for (let row = 0; row < page.count; row++) if (page.sortKey(row) === sortKey) return row + 1;
  return undefined;
}
