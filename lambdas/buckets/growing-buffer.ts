/** Up to here a buffer grows with its content; beyond, it has its whole size at once and is copied no more. */
const smallContent = 512 * 1024;

/**
 * The buffer if it has room for so many bytes more behind its content; otherwise a larger one with the same content, of
 * at most `size` bytes: one that is taken, if it has them all.
 *
 * Most windows are small. A whole block of megabytes for each would keep the garbage collector busier than the export is.
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
