import { firstRowBeyond, type Page, rowsOf } from '../archive/page.ts';
import { allFields, type FieldBits, fieldsIn, type RecordField } from '../domain/audit-record.ts';

/** What a part turned out to hold. */
export interface PartRows {
  readonly records: number;
  readonly malformed: number;
  /** True if the rows ended before the part was full: it is the window's last. */
  readonly final: boolean;
  readonly lastSortKey: string | undefined;
}

/** What its rows are like. */
export interface PartContent {
  readonly rows: PartRows;
  /** The fields that not one of the rows has; none of a part without rows. */
  readonly lacking: readonly RecordField[];
}

export interface Part {
  readonly lines: AsyncIterable<Uint8Array>;
  /** What the part holds, once its lines are read to the end. */
  content(): PartContent;
}

/**
 * The first rows of the pages, up to a number of bytes of lines but at least one row. Where a part ends depends on the
 * rows alone, not on the pages they come in: it ends where a row that is there no longer fits.
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
        // Of the whole page: those of its rows that no longer fit are of the same window.
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
