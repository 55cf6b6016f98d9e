/** A buffer with more content gets its full size at once, so that it is not copied again. */
const smallContent = 512 * 1024;

/**
 * A buffer with room for `more` bytes after its content: the given one if it is large enough, otherwise a larger copy
 * of at most `size` bytes. A copy of full size comes from `take`.
 *
 * Most windows are small. With a buffer of several megabytes for each, collecting them would take more processor time
 * than the export itself.
 */
export function withRoom(
  buffer: Buffer,
  filled: number,
  more: number,
  { size, take }: { readonly size: number; take(): Buffer },
): Buffer {
  const needed = filled + more;
  if (needed <= buffer.length || buffer.length === size) return buffer;
  const length = needed > smallContent ? size : Math.min(size, Math.max(needed, 2 * filled));
  const larger = length === size ? take() : Buffer.allocUnsafeSlow(length);
  larger.set(buffer.subarray(0, filled));
  return larger;
}

export const emptyBuffer: Buffer = Buffer.alloc(0);
