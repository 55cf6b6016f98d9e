import type { Borrowed } from '../domain/borrowed.ts';

/** Up to this length a loop is faster than a call of the native copy. */
const longestLoop = 40;
const quote = 0x22;

/** Appends bytes to the memory given to `restart`, and moves them to larger memory when that is full. */
export class ByteWriter {
  length = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #given: Buffer = this.#bytes;

  /** Discards what was written, and writes into `memory` from now on. */
  restart(memory: Buffer): void {
    this.length = 0;
    this.#bytes = memory;
    this.#given = memory;
  }

  /** Whether all bytes so far fit into the memory given to `restart`. */
  get fitsGivenMemory(): boolean {
    return this.#bytes === this.#given;
  }

  append(source: Buffer, start = 0, end = source.length): void {
    const bytes = this.#bytesWith(end - start);
    let at = this.length;
    if (end - start > longestLoop) source.copy(bytes, at, start, end);
    else for (let index = start; index < end; index++) bytes[at++] = source[index] as number;
    this.length += end - start;
  }

  appendQuoted(source: Buffer, start: number, end: number): void {
    const bytes = this.#bytesWith(end - start + 2);
    bytes[this.length++] = quote;
    this.append(source, start, end);
    bytes[this.length++] = quote;
  }

  /** The bytes written so far, valid until the next `restart`. Append nothing before that. */
  written(): Borrowed {
    return this.#bytes.subarray(0, this.length);
  }

  #bytesWith(count: number): Buffer {
    if (this.length + count > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(2 * this.#bytes.length + count);
      larger.set(this.#bytes.subarray(0, this.length));
      this.#bytes = larger;
    }
    return this.#bytes;
  }
}
