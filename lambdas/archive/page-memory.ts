import { ByteWriter } from './byte-writer.ts';
import { OffsetList } from './offset-list.ts';
import { PlainRows } from './plain-rows/plain-rows.ts';

/**
 * Memory for one page: DynamoDB's answer, and the lines made from it. It is reused for later pages: with new memory for
 * each page, collecting it would take more processor time than the export itself.
 */
export interface PageMemory {
  /** A buffer of this length for an answer. Its content is arbitrary. */
  answer(length: number): Buffer;
  /** Reads the plain rows of an answer; only if the answer is in the buffer from `answer`. */
  readonly plainRows: PlainRows;
  readonly lines: ByteWriter;
  readonly rowEnds: OffsetList;
  /** For each row, the start and the end of its sort key in the answer. */
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
