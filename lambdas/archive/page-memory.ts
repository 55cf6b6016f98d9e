import { ByteWriter } from './byte-writer.ts';
import { OffsetList } from './offset-list.ts';
import { PlainRows } from './plain-rows/plain-rows.ts';

/**
 * Memory for one page: DynamoDB's answer, and the lines that are made of it. It is used again for a later page, since
 * the megabytes that each page would leave behind keep the garbage collector busier than the export itself is.
 */
export interface PageMemory {
  /** So many bytes for an answer, with anything in them. */
  answer(length: number): Buffer;
  /** Reads the plain rows of an answer that lies in `answer`. */
  readonly plainRows: PlainRows;
  readonly lines: ByteWriter;
  readonly rowEnds: OffsetList;
  /** For each row, where its sort key begins and ends in the answer. */
  readonly sortKeys: OffsetList;
}

export function createPageMemory(): PageMemory {
  const plainRows = new PlainRows();
  return {
    answer: length => plainRows.answer(length),
    plainRows,
    lines: new ByteWriter(),
    rowEnds: new OffsetList(),
    sortKeys: new OffsetList(),
  };
}
