import type { Borrowed } from '../domain/borrowed.ts';

const blockLength = 1024 * 1024;
const dictionaryLength = 32 * 1024;
/** The first buffer starts this small and grows up to a whole block, because most exports are small. */
const smallestBuffer = 16 * 1024;

export interface Block {
  readonly block: Borrowed;
  /** The bytes just before the block, at most 32 KB. */
  readonly dictionary: Borrowed;
  /** Whether the source ends with the block. */
  readonly last: boolean;
}

/**
 * The bytes of a source in blocks of exactly 1 MB; the last may be smaller. An empty source gives one empty block.
 *
 * A block is valid until `inUse` more blocks have been taken: then its memory is reused.
 *
 * @param buffers receives the memory of the blocks in use and of the one being filled
 */
export async function* blocksOf(
  source: AsyncIterable<Uint8Array>,
  inUse: number,
  buffers: Buffer[],
): AsyncGenerator<Block> {
  let number = 0;
  let filled = 0;
  let dictionary: Uint8Array = new Uint8Array(0);
  for await (const chunk of source) {
    for (let taken = 0; taken < chunk.length; ) {
      // A full block is held until the next byte arrives: only then is it certain that it is not the last.
      if (filled === blockLength) {
        const block = bufferOf(number, blockLength);
        yield { block, dictionary, last: false };
        dictionary = block.subarray(-dictionaryLength);
        number++;
        filled = 0;
      }
      const count = Math.min(chunk.length - taken, blockLength - filled);
      bufferOf(number, filled + count).set(chunk.subarray(taken, taken + count), filled);
      filled += count;
      taken += count;
    }
  }
  yield { block: bufferOf(number, filled).subarray(0, filled), dictionary, last: true };

  /** The memory of a block, enlarged to `length` bytes if needed; its content is kept. */
  function bufferOf(block: number, length: number): Buffer {
    const index = block % (inUse + 1);
    const known = buffers[index];
    if (known && known.length >= length) return known;
    const least = block === 0 ? Math.max(smallestBuffer, 2 * length) : blockLength;
    const buffer = Buffer.allocUnsafeSlow(Math.min(least, blockLength));
    known?.copy(buffer);
    buffers[index] = buffer;
    return buffer;
  }
}
