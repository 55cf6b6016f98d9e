import { createHash } from 'node:crypto';
import { type BenchRow, benchRow } from './rows.ts';

const rowsPerChunk = 4_000;

/**
 * A query with the first of these headers is answered with the rows' lines, and then with bytes of no meaning up to the
 * length of the items; the second one tells where the lines end. For the limits, which parse nothing.
 */
export const wantsLinesHeader = 'x-bench-lines';
export const linesLengthHeader = 'x-bench-lines-length';

/** What a customer receives of a row, written down apart from the code that is measured. */
export function expectedLine({ date, email, action, actionId, description, ipAddress }: BenchRow): string {
  const record = {
    Date: date,
    Email: email,
    Action: action,
    'Action ID': actionId,
    Description: description,
    'IP Address': ipAddress,
  };
  return `${JSON.stringify(record)}\n`;
}

/** The lines of the first rows, in chunks of about 1 MB. */
export function* expectedLines(rows: number): Generator<Buffer> {
  for (let from = 0; from < rows; from += rowsPerChunk) {
    let text = '';
    for (let row = from; row < Math.min(from + rowsPerChunk, rows); row++)
      text += expectedLine(benchRow(row));
    yield Buffer.from(text);
  }
}

/** What the content of a delivery is compared by. */
export interface Content {
  readonly bytes: number;
  readonly sha256: string;
}

export async function contentOf(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<Content> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
