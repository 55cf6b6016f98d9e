import type { FieldBits } from '../domain/audit-record.ts';
import type { Borrowed } from '../domain/borrowed.ts';

/** The rows of one answer to a query, as JSON lines, in the order of their sort keys. */
export interface Page {
  /** UTF-8. Each row is one line that ends in a line feed. */
  readonly lines: Borrowed;
  readonly count: number;
  /** For each row, the offset in `lines` just after its line feed. */
  readonly rowEnds: ArrayLike<number>;
  /** The numbers of the malformed rows (see `AuditRecord`), ascending. */
  readonly malformedRows: readonly number[];
  /** The fields that at least one of the rows has. */
  readonly fields: FieldBits;
  /** The sort key of a row as text (a numeric one as its digits). */
  sortKey(row: number): string;
  /** DynamoDB's key for requesting the next page, as JSON of its protocol; `undefined` after the last page. */
  readonly lastEvaluatedKey: Readonly<Record<string, unknown>> | undefined;
}

/** Makes lines in another format from the rows of an account's pages. */
export interface PageEncoder {
  /**
   * The lines of the rows from `from` (inclusive) to `to` (exclusive), each with a line feed. New memory, not the page's. A
   * line depends on its row alone, not on the page or the rows before it.
   *
   * @throws RangeError if the page does not have the rows
   * @throws ExportError `internal` if a row that is not among the malformed has a value that is neither a string nor `null`
   */
  encode(page: Page, from: number, to: number): Uint8Array;
}

/** The lines of a page's rows before `to`. They share the page's memory. */
export function linesBefore(page: Page, to: number): Borrowed {
  return page.lines.subarray(0, endOf(page, to - 1));
}

/**
 * The first row, from `from` on, that does not fit if the lines may have `bytes` bytes: a part must end before it. It
 * is `from` if no row fits, and the page's count if all fit.
 */
export function firstRowBeyond(page: Page, from: number, bytes: number): number {
  const limit = endOf(page, from - 1) + bytes;
  let low = from;
  let high = page.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (endOf(page, middle) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function endOf(page: Page, row: number): number {
  return row < 0 ? 0 : (page.rowEnds[row] ?? page.lines.length);
}

export function missingRow(row: number): never {
  throw new RangeError(`The page has no row ${row}`);
}
