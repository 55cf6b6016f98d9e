import type { Borrowed } from '../domain/borrowed.ts';

/** A growing list of numbers below 2^32. `restart` empties it and keeps its memory. */
export class OffsetList {
  length = 0;
  #offsets = new Uint32Array(64);

  restart(): void {
    this.length = 0;
  }

  push(offset: number): void {
    this.#makeRoomFor(1);
    this.#offsets[this.length++] = offset;
  }

  append(offsets: Uint32Array): void {
    this.#makeRoomFor(offsets.length);
    this.#offsets.set(offsets, this.length);
    this.length += offsets.length;
  }

  /** The list so far, valid until the next `restart`. */
  pushed(): Borrowed<Uint32Array> {
    return this.#offsets.subarray(0, this.length);
  }

  #makeRoomFor(count: number): void {
    const needed = this.length + count;
    if (needed <= this.#offsets.length) return;
    const larger = new Uint32Array(Math.max(needed, 2 * this.length));
    larger.set(this.#offsets);
    this.#offsets = larger;
  }
}
