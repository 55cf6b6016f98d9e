import { ByteWriter } from './byte-writer.ts';
import { OffsetList } from './offset-list.ts';

/**
 * Memory for one page: DynamoDB's answer, and the lines that are made of it. It is used again for a later page, since
 * the megabytes that each page would leave behind keep the garbage collector busier than the export itself is.
 */
export interface PageMemory {
  /** So many bytes for an answer, with anything in them. */
  answer(length: number): Buffer;
  readonly lines: ByteWriter;
  readonly rowEnds: OffsetList;
  /** For each row, where its sort key begins and ends in the answer. */
  readonly sortKeys: OffsetList;
}

export function createPageMemory(): PageMemory {
  let bytes = Buffer.alloc(0);
  return {
    answer(length) {
      if (bytes.length < length) bytes = Buffer.allocUnsafeSlow(length);
      return bytes.subarray(0, length);
    },
    lines: new ByteWriter(),
    rowEnds: new OffsetList(),
    sortKeys: new OffsetList(),
  };
}
