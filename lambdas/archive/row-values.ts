import type { StoredValue } from '../domain/audit-record.ts';
import { fromNumber } from './attribute-value.ts';
import type { JsonScanner } from './json-scanner.ts';

/** The kind of an attribute's value in a row. Only a plain text can be copied unchanged, with its quotes. */
export const absent = 0;
export const plainText = 1;
export const foreignText = 2;
export const numberText = 3;
export const otherValue = 4;

/** The values of a row's attributes, by slot: their kinds, and their places in the body of the answer. */
export class RowValues {
  readonly #scanner: JsonScanner;
  readonly #kinds: Uint8Array;
  readonly #starts: number[];
  readonly #ends: number[];
  /** The parsed values of the kind `otherValue`. */
  readonly #others: StoredValue[];

  constructor(scanner: JsonScanner, slots: number) {
    this.#scanner = scanner;
    this.#kinds = new Uint8Array(slots);
    this.#starts = Array.from({ length: slots }, () => 0);
    this.#ends = Array.from({ length: slots }, () => 0);
    this.#others = Array.from({ length: slots }, () => undefined);
  }

  /** Forgets the values of the row before. */
  clear(): void {
    this.#kinds.fill(absent);
  }

  kind(slot: number): number {
    return this.#kinds[slot] as number;
  }

  start(slot: number): number {
    return this.#starts[slot] as number;
  }

  end(slot: number): number {
    return this.#ends[slot] as number;
  }

  /** Stores a value that the scanner has just read as text. */
  storeText(slot: number, kind: number): void {
    this.#kinds[slot] = kind;
    this.#starts[slot] = this.#scanner.start;
    this.#ends[slot] = this.#scanner.end;
  }

  storeOther(slot: number, value: StoredValue): void {
    this.#kinds[slot] = otherValue;
    this.#others[slot] = value;
  }

  /** Must agree with `fieldsOf`. */
  isMissing(slot: number): boolean {
    const kind = this.#kinds[slot];
    return kind === absent || (kind === otherValue && this.#others[slot] === null);
  }

  value(slot: number): StoredValue {
    const kind = this.#kinds[slot];
    if (kind === absent) return undefined;
    if (kind === otherValue) return this.#others[slot];
    const text = this.#scanner.decode(this.start(slot), this.end(slot));
    return kind === numberText ? fromNumber(text) : text;
  }
}
