import { emptyBuffer, withRoom } from './growing-buffer.ts';

export interface Chunk {
  /** Valid until the chunk after the next one is asked for: two buffers take turns. */
  readonly content: Buffer;
  readonly last: boolean;
}

/**
 * The body in chunks of exactly `size` bytes and a last one of at most `size`, which is empty only if the body is.
 * Copies, so the body may use its own buffers again.
 */
export async function* inChunks(body: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Chunk, void> {
  let filling = emptyBuffer;
  let resting: Buffer | undefined;
  let filled = 0;
  for await (const bytes of body) {
    filling = withRoom(filling, filled, bytes.length, size);
    for (let taken = 0; taken < bytes.length; ) {
      // A full chunk waits for one more byte, which proves that it is not the last.
      if (filled === size) {
        yield { content: filling, last: false };
        [filling, resting] = [resting ?? Buffer.allocUnsafeSlow(size), filling];
        filled = 0;
      }
      const part = bytes.subarray(taken, taken + size - filled);
      filling.set(part, filled);
      filled += part.length;
      taken += part.length;
    }
  }
  yield { content: filling.subarray(0, filled), last: true };
}
