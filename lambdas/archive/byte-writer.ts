/** Below this length a loop is faster than the call of the native copy. */
const shortest = 40;
const quote = 0x22;

/** Bytes written one after the other into the memory of a `restart`, or into larger memory once that is full. */
export class ByteWriter {
  length = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #room: Buffer = this.#bytes;

  /** Begins anew, in this memory. */
  restart(room: Buffer): void {
    this.length = 0;
    this.#bytes = room;
    this.#room = room;
  }

  /** Whether the memory of the restart has been enough so far. */
  get isInRoom(): boolean {
    return this.#bytes === this.#room;
  }

  append(source: Buffer, start = 0, end = source.length): void {
    const bytes = this.#withRoomFor(end - start);
    let at = this.length;
    if (end - start > shortest) source.copy(bytes, at, start, end);
    else for (let index = start; index < end; index++) bytes[at++] = source[index] as number;
    this.length += end - start;
  }

  appendQuoted(source: Buffer, start: number, end: number): void {
    const bytes = this.#withRoomFor(end - start + 2);
    bytes[this.length++] = quote;
    this.append(source, start, end);
    bytes[this.length++] = quote;
  }

  /** What has been written, without a copy: valid until the restart; nothing may be appended afterwards. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  #withRoomFor(count: number): Buffer {
    if (this.length + count > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(2 * this.#bytes.length + count);
      larger.set(this.#bytes.subarray(0, this.length));
      this.#bytes = larger;
    }
    return this.#bytes;
  }
}
