import type { Borrowed } from '../domain/borrowed.ts';
import { emptyBuffer, withRoom } from './growing-buffer.ts';

/** Reused buffers of one size. An upload of any length needs only as many as it uses at the same time. */
export interface PieceBuffers {
  /** The bytes of a piece. */
  readonly size: number;
  take(): Buffer;
  /** Must be called when the content of a piece has been sent. */
  giveBack(content: Buffer): void;
}

export function createPieceBuffers(size: number): PieceBuffers {
  const free: Buffer[] = [];
  return {
    size,
    take: () => free.pop() ?? Buffer.allocUnsafeSlow(size),
    giveBack(content) {
      // The last piece can be shorter than its buffer. If the body is small, the buffer is small too and is not reused.
      if (content.buffer.byteLength === size) free.push(Buffer.from(content.buffer));
    },
  };
}

export interface Piece {
  readonly content: Buffer;
  readonly last: boolean;
}

/**
 * Cuts the body into pieces. All but the last fill their buffers. The last piece is empty only if the body is empty.
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
      // A full piece is held until the next byte arrives: only then is it certain that it is not the last.
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

/** The next piece of a body. Must not be called after the last piece. */
export async function nextPiece(pieces: AsyncGenerator<Piece, void>): Promise<Piece> {
  const { value } = await pieces.next();
  if (value === undefined) throw new RangeError('Read past the last piece of a body');
  return value;
}
