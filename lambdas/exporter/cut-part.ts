import { firstRowBeyond, linesBefore, type Page } from '../archive/page.ts';
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
  /** Whether the part has no rows. Reads up to the first row. */
  isEmpty(): Promise<boolean>;
  /** @throws TypeError if `lines` has not been read to its end */
  content(): PartContent;
}

/** Makes the lines of a file from the first rows of a page, up to the row `to` (exclusive). */
export type EncodeRows = (page: Page, to: number) => Promise<Uint8Array> | Uint8Array;

/** The lines of `ndjson`, as the page has them. */
export const plainLines: EncodeRows = linesBefore;

/**
 * The first rows of the pages, with page lines of at most `partBytes` bytes but at least one row. The part ends before the
 * first row that does not fit. This must depend only on the rows and not on the pages, because a retry may get other pages.
 */
export function cutPart(
  pages: AsyncIterable<Page>,
  partBytes: number,
  encode: EncodeRows = plainLines,
): Part {
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
        records += end;
        malformed += page.malformedRows.filter(row => row < end).length;
        // Includes the page's rows after the end of this part, which belong to the same window.
        fields |= page.fields;
        lastSortKey = page.sortKey(end - 1);
        left -= linesBefore(page, end).length;
        yield encode(page, end);
      }
      if (end < page.count) {
        final = false;
        return;
      }
    }
    final = true;
  }

  const { isEmpty, all } = peekable(lines());
  return {
    lines: all,
    isEmpty,
    content() {
      if (final === undefined) throw new TypeError('The part is not read to its end');
      return {
        rows: { records, malformed, final, lastSortKey },
        lacking: records === 0 ? [] : fieldsIn(allFields & ~fields),
      };
    },
  };
}

/** A source that tells whether it is empty before it is read. */
function peekable<T>(source: AsyncGenerator<T>) {
  let first: Promise<IteratorResult<T>> | undefined;
  const begin = () => {
    first ??= source.next();
    return first;
  };
  async function* all(): AsyncGenerator<T> {
    try {
      const { done, value } = await begin();
      if (done) return;
      yield value;
      yield* source;
    } finally {
      await source.return(undefined);
    }
  }
  return { isEmpty: async () => (await begin()).done === true, all: all() };
}
