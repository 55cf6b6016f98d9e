/** Numbers below 2^32 one after the other, in memory that grows and is used again after a `restart`. */
export class OffsetList {
  length = 0;
  #offsets = new Uint32Array(64);

  restart(): void {
    this.length = 0;
  }

  push(offset: number): void {
    if (this.length === this.#offsets.length) {
      const larger = new Uint32Array(2 * this.length);
      larger.set(this.#offsets);
      this.#offsets = larger;
    }
    this.#offsets[this.length++] = offset;
  }

  /** What has been pushed, without a copy: valid until the restart. */
  pushed(): Uint32Array {
    return this.#offsets.subarray(0, this.length);
  }
}
