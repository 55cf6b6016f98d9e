import { createHash } from 'node:crypto';
import { type BenchRow, benchRow } from './rows.ts';

const rowsPerChunk = 4_000;

/**
 * For the `limit` variants, which parse nothing. A query with the first header gets the rows'
 * finished lines, followed by meaningless bytes up to the length that the items would have. The
 * second header of the answer says where the lines end.
 */
export const wantsLinesHeader = 'x-bench-lines';
export const linesLengthHeader = 'x-bench-lines-length';

/** A row in the customer's format. It is built here, and not by the measured code, so that it can check that code. */
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

/** The lines of the first `rows` rows, in chunks of about 1 MB. */
export function* expectedLines(rows: number): Generator<Buffer> {
  for (let from = 0; from < rows; from += rowsPerChunk) {
    let text = '';
    for (let row = from; row < Math.min(from + rowsPerChunk, rows); row++)
      text += expectedLine(benchRow(row));
    yield Buffer.from(text);
  }
}

/** Two deliveries with the same length and hash have the same content. */
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
