import { expectedLine } from './lines.ts';
import { type BenchRow, benchRow, dateOf, rowsPerBlock, sortKeyOf } from './rows.ts';

/** DynamoDB puts at most this much into one answer, counted in attribute names and values. */
const pageBytes = 1024 * 1024;
const bytesPerItem = 450;

/** Rows as items in DynamoDB's JSON. The text is rendered once; a page can begin and end at any row. */
export interface ItemStore {
  /** The rows with a sort key from `from` on and before `to`, as many of them as fit into a page. */
  page(from: string, to: string): ItemPage;
}

interface ItemPage {
  /** The items, separated by commas. */
  readonly items: Uint8Array;
  readonly count: number;
  /** The size as DynamoDB counts it: attribute names and values. */
  readonly bytes: number;
  /** The same rows in the customer's format; empty unless the store was created with `withLines`. */
  readonly lines: Uint8Array;
  /** The sort key of the last row, if further rows follow. */
  readonly lastSortKey: string | undefined;
}

export function createItemStore(rows: number, { withLines = false } = {}): ItemStore {
  const rendered = renderItems(Math.min(rows, rowsPerBlock));
  const renderedLines = withLines ? renderLines(Math.min(rows, rowsPerBlock)) : undefined;

  return {
    page(from, to) {
      const first = firstRowFrom(from, rows);
      const end = Math.min(firstRowFrom(to, rows), rendered.endOfPage(first));
      const isLast = end === firstRowFrom(to, rows);
      return {
        items: first === end ? nothing : rendered.items(first, end),
        count: end - first,
        bytes: rendered.sizeOf(first, end),
        lines: first === end ? nothing : (renderedLines?.(first, end) ?? nothing),
        lastSortKey: isLast ? undefined : sortKeyOf(end - 1),
      };
    },
  };
}

const nothing = new Uint8Array(0);

/** The number of the first row whose sort key is not less than `sortKey`. */
function firstRowFrom(sortKey: string, rows: number): number {
  let low = 0;
  let high = rows;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sortKeyOf(middle) < sortKey) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The items of the first block of rows. Those of later blocks differ only in their instants and numbers. */
function renderItems(count: number) {
  const bytes = Buffer.allocUnsafe(count * bytesPerItem);
  const starts = new Uint32Array(count + 1);
  const sizes = new Float64Array(count + 1);
  const dateOffsets = new Uint16Array(count);
  for (let number = 0; number < count; number++) {
    const row = benchRow(number);
    const at = starts[number] ?? 0;
    const text = itemText(row);
    starts[number + 1] = at + bytes.write(text, at);
    sizes[number + 1] = (sizes[number] ?? 0) + itemSize(row);
    dateOffsets[number] = Buffer.byteLength(text.slice(0, text.indexOf(datePrefix) + datePrefix.length));
  }

  return {
    endOfPage(first: number): number {
      const block = first - (first % rowsPerBlock);
      let end = first - block;
      const limit = (sizes[end] ?? 0) + pageBytes;
      while (end < count && (sizes[end + 1] ?? 0) <= limit) end++;
      return block + end;
    },

    sizeOf(first: number, end: number): number {
      const block = first - (first % rowsPerBlock);
      return (sizes[end - block] ?? 0) - (sizes[first - block] ?? 0);
    },

    items(first: number, end: number): Uint8Array {
      const block = first - (first % rowsPerBlock);
      const base = starts[first - block] ?? 0;
      const items = bytes.subarray(base, (starts[end - block] ?? 0) - 1);
      if (block === 0) return items;
      const moved = Buffer.from(items);
      for (let row = first - block; row < end - block; row++) {
        const at = (starts[row] ?? 0) - base;
        const sortKey = sortKeyOf(row + block);
        moved.write(sortKey, at + sortKeyPrefix.length, 'latin1');
        moved.write(dateOf(sortKey), at + (dateOffsets[row] ?? 0), 'latin1');
      }
      return moved;
    },
  };
}

/** The lines of the first block of rows. Those of later blocks differ only in their dates. */
function renderLines(count: number) {
  const bytes = Buffer.allocUnsafe(count * bytesPerItem);
  const starts = new Uint32Array(count + 1);
  for (let number = 0; number < count; number++) {
    const at = starts[number] ?? 0;
    starts[number + 1] = at + bytes.write(expectedLine(benchRow(number)), at);
  }

  return (first: number, end: number): Uint8Array => {
    const block = first - (first % rowsPerBlock);
    const base = starts[first - block] ?? 0;
    const lines = bytes.subarray(base, starts[end - block]);
    if (block === 0) return lines;
    const moved = Buffer.from(lines);
    for (let row = first; row < end; row++)
      moved.write(dateOf(sortKeyOf(row)), (starts[row - block] ?? 0) - base + '{"Date":"'.length, 'latin1');
    return moved;
  };
}

const sortKeyPrefix = '{"recordedAt":{"S":"';
const datePrefix = '"date":{"S":"';

function itemText({ sortKey, ...values }: BenchRow): string {
  const attributes = Object.entries(values).map(
    ([name, value]) => `"${name}":{"S":${JSON.stringify(value)}}`,
  );
  return `${sortKeyPrefix}${sortKey}"},${attributes.reverse().join(',')}},`;
}

function itemSize({ sortKey, ...values }: BenchRow): number {
  const texts = ['recordedAt', sortKey, ...Object.entries(values).flat()];
  return texts.reduce((size, text) => size + Buffer.byteLength(text), 0);
}
