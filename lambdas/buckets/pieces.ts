import type { Borrowed } from '../domain/borrowed.ts';
import { emptyBuffer, withRoom } from './growing-buffer.ts';

/** Buffers of one size that are used again, so that uploads of any length need only as many as are in use at once. */
export interface PieceBuffers {
  /** Bytes of a piece. */
  readonly size: number;
  take(): Buffer;
  /** To be called when the content of a piece has been sent. */
  giveBack(content: Buffer): void;
}

export function createPieceBuffers(size: number): PieceBuffers {
  const free: Buffer[] = [];
  return {
    size,
    take: () => free.pop() ?? Buffer.allocUnsafeSlow(size),
    giveBack(content) {
      // The last one is shorter than its buffer, and that is a small one if the body was small.
      if (content.buffer.byteLength === size) free.push(Buffer.from(content.buffer));
    },
  };
}

export interface Piece {
  readonly content: Buffer;
  readonly last: boolean;
}

/**
 * The body in pieces that fill their buffers, and a last one, which is empty only if the body is.
 *
 * @throws what the body throws, or the signal's reason
 */
export async function* inPieces(
  body: AsyncIterable<Borrowed>,
  buffers: PieceBuffers,
  signal: AbortSignal,
): AsyncGenerator<Piece, void> {
  const { size } = buffers;
  let buffer = emptyBuffer;
  let filled = 0;
  for await (const chunk of body) {
    signal.throwIfAborted();
    buffer = withRoom(buffer, filled, chunk.length, buffers);
    for (let taken = 0; taken < chunk.length; ) {
      // Only a further byte proves that a full piece is not the last one.
      if (filled === size) {
        yield { content: buffer, last: false };
        buffer = buffers.take();
        filled = 0;
      }
      const part = chunk.subarray(taken, taken + size - filled);
      buffer.set(part, filled);
      filled += part.length;
      taken += part.length;
    }
  }
  yield { content: buffer.subarray(0, filled), last: true };
}

/** The next piece of a body; not to be asked for after the last. */
export async function nextPiece(pieces: AsyncGenerator<Piece, void>): Promise<Piece> {
  const { value } = await pieces.next();
  if (value === undefined) throw new RangeError('Read past the last piece of a body');
  return value;
}
