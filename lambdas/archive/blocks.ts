const blockLength = 1024 * 1024;
const dictionaryLength = 32 * 1024;

export interface Block {
  readonly block: Uint8Array;
  /** The bytes just before the block, at most 32 KB. */
  readonly dictionary: Uint8Array;
  /** Whether the source ends with the block. */
  readonly last: boolean;
}

/**
 * The bytes of a source in blocks of exactly 1 MB, the last one excepted; an empty source makes one empty block.
 *
 * Memory is used again: a block is valid until `inUse` more have been taken.
 */
export async function* blocksOf(source: AsyncIterable<Uint8Array>, inUse: number): AsyncGenerator<Block> {
  // Besides the blocks in use, the one being filled.
  const buffers: Buffer[] = [];
  let number = 0;
  let filled = 0;
  let dictionary: Uint8Array = new Uint8Array(0);
  for await (const chunk of source) {
    for (let taken = 0; taken < chunk.length; ) {
      // A full block waits for the next byte, since only that tells whether it is the last.
      if (filled === blockLength) {
        const block = bufferOf(number);
        yield { block, dictionary, last: false };
        dictionary = block.subarray(-dictionaryLength);
        number++;
        filled = 0;
      }
      const count = Math.min(chunk.length - taken, blockLength - filled);
      bufferOf(number).set(chunk.subarray(taken, taken + count), filled);
      filled += count;
      taken += count;
    }
  }
  yield { block: bufferOf(number).subarray(0, filled), dictionary, last: true };

  function bufferOf(block: number): Buffer {
    const index = block % (inUse + 1);
    buffers[index] ??= Buffer.allocUnsafeSlow(blockLength);
    return buffers[index];
  }
}
