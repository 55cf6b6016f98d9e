import type { Borrowed } from '../domain/borrowed.ts';

/** Below this length a loop is faster than the call of the native copy. */
const shortest = 40;
const quote = 0x22;

/** Bytes written one after the other into the memory of a `restart`, or into larger memory once that is full. */
export class ByteWriter {
  length = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #given: Buffer = this.#bytes;

  /** Begins anew, in this memory. */
  restart(memory: Buffer): void {
    this.length = 0;
    this.#bytes = memory;
    this.#given = memory;
  }

  /** Whether the memory of the restart has been enough so far. */
  get fitsGivenMemory(): boolean {
    return this.#bytes === this.#given;
  }

  append(source: Buffer, start = 0, end = source.length): void {
    const bytes = this.#bytesWith(end - start);
    let at = this.length;
    if (end - start > shortest) source.copy(bytes, at, start, end);
    else for (let index = start; index < end; index++) bytes[at++] = source[index] as number;
    this.length += end - start;
  }

  appendQuoted(source: Buffer, start: number, end: number): void {
    const bytes = this.#bytesWith(end - start + 2);
    bytes[this.length++] = quote;
    this.append(source, start, end);
    bytes[this.length++] = quote;
  }

  /** What has been written: it holds until the restart. Nothing may be appended afterwards. */
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
