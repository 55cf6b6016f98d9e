import { emptyBuffer, withRoom } from './growing-buffer.ts';

/** Buffers of one size that are used again, so that an upload of any length needs only as many as are in use at once. */
export interface PartBuffers {
  /** Bytes of a buffer. */
  readonly size: number;
  take(): Buffer;
  giveBack(buffer: Buffer): void;
}

export function createPartBuffers(size: number): PartBuffers {
  const free: Buffer[] = [];
  return {
    size,
    take: () => free.pop() ?? Buffer.allocUnsafeSlow(size),
    giveBack: buffer => void free.push(buffer),
  };
}

export interface Part {
  /** To be given back when its bytes are sent. */
  readonly buffer: Buffer;
  readonly content: Buffer;
  readonly last: boolean;
}

/**
 * The body in parts that fill their buffers, and a last one, which is empty only if the body is. Copies, so that the
 * body may use its own buffers again.
 *
 * @throws what the body throws, or the signal's reason
 */
export async function* inParts(
  body: AsyncIterable<Uint8Array>,
  buffers: PartBuffers,
  signal: AbortSignal,
): AsyncGenerator<Part, void> {
  let buffer = emptyBuffer;
  let filled = 0;
  for await (const chunk of body) {
    signal.throwIfAborted();
    buffer = withRoom(buffer, filled, chunk.length, buffers.size);
    for (let taken = 0; taken < chunk.length; ) {
      // Only a further byte proves that a full part is not the last one.
      if (filled === buffer.length) {
        yield { buffer, content: buffer, last: false };
        buffer = buffers.take();
        filled = 0;
      }
      const piece = chunk.subarray(taken, taken + buffer.length - filled);
      buffer.set(piece, filled);
      filled += piece.length;
      taken += piece.length;
    }
  }
  yield { buffer, content: buffer.subarray(0, filled), last: true };
}
