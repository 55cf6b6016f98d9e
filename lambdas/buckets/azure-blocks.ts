import { emptyBuffer, withRoom } from './growing-buffer.ts';

/** Memory of blocks that have been sent, to be filled again. */
export type SpareBlocks = Buffer[];

/**
 * The body in blocks of exactly `size` bytes, the last one shorter; none if the body is empty.
 * The chunks are copied, so whoever makes them may use their memory again.
 */
export async function* blocksOf(
  body: AsyncIterable<Uint8Array>,
  size: number,
  spare: SpareBlocks,
): AsyncGenerator<Buffer, undefined> {
  let block: Buffer | undefined;
  let filled = 0;
  for await (const chunk of body) {
    for (let from = 0; from < chunk.length; ) {
      block = withRoom(block ?? spare.pop() ?? emptyBuffer, filled, chunk.length - from, size);
      const piece = chunk.subarray(from, from + size - filled);
      block.set(piece, filled);
      filled += piece.length;
      from += piece.length;
      if (filled < size) continue;
      yield block;
      block = undefined;
      filled = 0;
    }
  }
  if (block) yield block.subarray(0, filled);
  return undefined;
}

/** The promise's outcome, or `signal.reason` as soon as the signal aborts, whatever the promise does then. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
