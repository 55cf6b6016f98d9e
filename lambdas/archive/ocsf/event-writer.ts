import type { Instant } from '../../domain/instant.ts';
import { ascii } from '../json-scanner.ts';
import { unreadableLine } from './line-values.ts';

/** Up to this length a loop is faster than a call of the native copy. */
const longestLoop = 40;
const zero = 0x30;

/**
 * Appends bytes to memory that it takes anew for each page. Reserve room before you append; to check it at each byte would
 * take too long.
 */
export class EventWriter {
  length = 0;
  #target: Buffer = Buffer.alloc(0);

  /** Takes new memory. What was written before stays as it is. */
  restart(capacity: number): void {
    this.length = 0;
    this.#target = Buffer.allocUnsafeSlow(capacity);
  }

  /** Makes room for so many bytes, which may be more than are then appended. */
  reserve(count: number): void {
    this.#check();
    if (this.length + count <= this.#target.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * this.#target.length + count);
    larger.set(this.#target.subarray(0, this.length));
    this.#target = larger;
  }

  append(segment: Buffer): void {
    if (segment.length > longestLoop) {
      this.#target.set(segment, this.length);
      this.length += segment.length;
    } else this.appendSpan(segment, 0, segment.length);
  }

  /** Appends the bytes between two offsets. Meant for few of them. */
  appendSpan(lines: Buffer, start: number, end: number): void {
    const target = this.#target;
    let at = this.length;
    for (let index = start; index < end; index++) target[at++] = lines[index] as number;
    this.length = at;
  }

  /** Appends the JSON string that begins at an offset, and returns the offset behind it. To find its end first takes longer. */
  appendString(lines: Buffer, start: number): number {
    const target = this.#target;
    let at = this.length;
    let index = start + 1;
    target[at++] = ascii.quote;
    while (index < lines.length) {
      const byte = lines[index++] as number;
      target[at++] = byte;
      // The character behind a backslash may be a quote.
      if (byte === ascii.backslash) target[at++] = lines[index++] as number;
      else if (byte === ascii.quote) {
        this.length = at;
        return index;
      }
    }
    throw unreadableLine();
  }

  appendInstant(instant: Instant): void {
    // From 2001 to 2286 there are 13 digits. They are divided, because the operators for integers take ten at most.
    if (instant < 1e12 || instant >= 1e13) this.append(Buffer.from(String(instant), 'latin1'));
    else {
      const high = Math.floor(instant / 1e7);
      this.#appendDigits(high, 6);
      this.#appendDigits(instant - 1e7 * high, 7);
    }
  }

  /** The bytes written so far. Append nothing before the next `restart`. */
  written(): Uint8Array {
    this.#check();
    return this.#target.subarray(0, this.length);
  }

  /** JavaScript drops bytes beyond the memory without an error. */
  #check(): void {
    if (this.length > this.#target.length) throw new RangeError('More bytes were appended than reserved');
  }

  #appendDigits(number: number, count: number): void {
    const target = this.#target;
    let rest = number | 0;
    for (let at = this.length + count - 1; at >= this.length; at--) {
      const left = (rest / 10) | 0;
      target[at] = zero + rest - 10 * left;
      rest = left;
    }
    this.length += count;
  }
}
