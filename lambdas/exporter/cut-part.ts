import { firstRowBeyond, type Page, rowsOf } from '../archive/page.ts';
import { allFields, type FieldBits, fieldsIn, type RecordField } from '../domain/audit-record.ts';

/** The rows of a part. */
export interface PartRows {
  readonly records: number;
  readonly malformed: number;
  /** True if no rows are left for another part, so that this is the window's last. */
  readonly final: boolean;
  readonly lastSortKey: string | undefined;
}

export interface PartContent {
  readonly rows: PartRows;
  /** The fields that no row has. Empty for a part without rows. */
  readonly lacking: readonly RecordField[];
}

export interface Part {
  readonly lines: AsyncIterable<Uint8Array>;
  /** @throws TypeError if `lines` has not been read to its end */
  content(): PartContent;
}

/**
 * The first rows of the pages, with lines of at most `partBytes` bytes but at least one row. The
 * part ends before the first row that does not fit. This must depend only on the rows and not on
 * the pages, because a retry may get other pages.
 */
export function cutPart(pages: AsyncIterable<Page>, partBytes: number): Part {
  let records = 0;
  let malformed = 0;
  let lastSortKey: string | undefined;
  let final: boolean | undefined;
  let fields: FieldBits = 0;

  async function* lines(): AsyncGenerator<Uint8Array> {
    let left = partBytes;
    for await (const page of pages) {
      const fitting = firstRowBeyond(page, 0, left);
      const end = records === 0 && fitting === 0 && page.count > 0 ? 1 : fitting;
      if (end > 0) {
        const rows = rowsOf(page, 0, end);
        records += rows.count;
        malformed += rows.malformed;
        // Includes the page's rows after the end of this part, which belong to the same window.
        fields |= page.fields;
        lastSortKey = page.sortKey(end - 1);
        left -= rows.lines.length;
        yield rows.lines;
      }
      if (end < page.count) {
        final = false;
        return;
      }
    }
    final = true;
  }

  return {
    lines: lines(),
    content() {
      if (final === undefined) throw new TypeError('The part is not read to its end');
      return {
        rows: { records, malformed, final, lastSortKey },
        lacking: records === 0 ? [] : fieldsIn(allFields & ~fields),
      };
    },
  };
}
