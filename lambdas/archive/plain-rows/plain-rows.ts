import { moduleBase64 } from './module.ts';

/** The types of Node lack the constructors of WebAssembly. */
declare const WebAssembly: {
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** Which attributes are read, and how they become a line. */
export interface LineLayout {
  /** The attributes that are read; the first is the sort key. */
  readonly names: readonly string[];
  /** The bytes before each column's value; the first column is the date. */
  readonly openings: readonly Uint8Array[];
  /** For each column, the index in `names` of the attribute that gives its value. */
  readonly columnSlots: readonly number[];
  /** The columns that every row must have, as bits: 1 is the first column. */
  readonly required: number;
}

/** The result of `readRows`, valid until the next call. */
export interface PlainRowsRead {
  /** For each row, the end of its line. */
  readonly lineEnds: Uint32Array;
  /** For each row, the start and the end of its sort key in the answer. */
  readonly sortKeys: Uint32Array;
  /** Where the next row begins in the answer. */
  readonly readTo: number;
  /** Where the last line ends. */
  readonly writtenTo: number;
  /** The columns for which at least one row since `begin` has a value, as bits. */
  readonly fields: number;
}

/** The exports of `assembly.ts`. */
interface Assembly {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly free: { readonly value: number };
  readonly lineEnds: { readonly value: number };
  readonly sortKeys: { readonly value: number };
  readonly readTo: { readonly value: number };
  readonly writtenTo: { readonly value: number };
  readonly fields: { readonly value: number };
  clear(): void;
  addAttribute(pattern: number, length: number): void;
  addColumn(opening: number, length: number, attribute: number): void;
  begin(
    answer: number,
    answerLength: number,
    lines: number,
    linesLength: number,
    excluded: number,
    excludedLength: number,
    required: number,
  ): void;
  readRows(from: number, to: number): number;
}

const pageOfMemory = 64 * 1024;
/** Room for the attributes' names, the openings and a sort key. If they are longer, `begin` returns false. */
const layoutLength = 4 * 1024;
/** Unused bytes after the answer and after its lines: the code reads and writes sixteen bytes at a time. */
const spare = 64;

let compiled: object | undefined;

/**
 * Reads the plain rows of an answer: rows whose attributes are all strings that can be copied unchanged. It uses
 * WebAssembly, which is ten times as fast as JavaScript here. The answer and its lines must be in this object's memory.
 */
export class PlainRows {
  #made: Assembly | undefined;
  #answerRoom = 0;

  /** A buffer for an answer of this length. It replaces the previous answer and its lines. */
  answer(length: number): Buffer {
    if (length > this.#answerRoom) {
      const { memory } = this.#assembly;
      const pages = Math.ceil((this.#answerStart + 2 * (length + spare)) / pageOfMemory);
      const missing = pages - memory.buffer.byteLength / pageOfMemory;
      if (missing > 0) memory.grow(missing);
      this.#answerRoom = length;
    }
    return this.#bytes(this.#answerStart, length);
  }

  /** Whether the answer is in the buffer from `answer`. */
  holds(answer: Uint8Array): boolean {
    return answer.buffer === this.#made?.memory.buffer && answer.byteOffset === this.#answerStart;
  }

  /** The buffer for the lines of an answer. */
  lines(): Buffer {
    const start = this.#answerStart + this.#answerRoom + spare;
    return this.#bytes(start, this.#assembly.memory.buffer.byteLength - start);
  }

  /**
   * Prepares reading an answer.
   *
   * @param excluded a sort key whose row is not read
   * @returns false if this layout is not supported; then `readRows` must not be called
   */
  begin(
    answer: Uint8Array,
    { names, openings, columnSlots, required }: LineLayout,
    excluded: Uint8Array,
  ): boolean {
    const assembly = this.#assembly;
    const memory = this.#bytes(assembly.free.value, layoutLength);
    const patterns = names.map(name => Buffer.from(`"${name}":{"S":"`));
    const total = [...patterns, ...openings, excluded].reduce((sum, { length }) => sum + length, 0);
    const isPlain = names.every(name => JSON.stringify(name) === `"${name}"`);
    if (!isPlain || total > layoutLength) return false;
    let used = 0;
    const place = (bytes: Uint8Array): number => {
      memory.set(bytes, used);
      used += bytes.length;
      return assembly.free.value + used - bytes.length;
    };
    assembly.clear();
    for (const pattern of patterns) assembly.addAttribute(place(pattern), pattern.length);
    for (const [column, opening] of openings.entries())
      assembly.addColumn(place(opening), opening.length, columnSlots[column] as number);
    const lines = this.lines();
    assembly.begin(
      answer.byteOffset,
      answer.length,
      lines.byteOffset,
      lines.length,
      place(excluded),
      excluded.length,
      required,
    );
    return true;
  }

  /**
   * Reads rows and writes their lines. Stops before the first row that is not plain, and before the answer's last row.
   *
   * @param from the offset of a row in the answer
   * @param to the offset of the end of the lines so far
   */
  readRows(from: number, to: number): PlainRowsRead {
    const { memory, lineEnds, sortKeys, readTo, writtenTo, fields, readRows } = this.#assembly;
    const rows = readRows(from, to);
    return {
      lineEnds: new Uint32Array(memory.buffer, lineEnds.value, rows),
      sortKeys: new Uint32Array(memory.buffer, sortKeys.value, 2 * rows),
      readTo: readTo.value,
      writtenTo: writtenTo.value,
      fields: fields.value,
    };
  }

  get #assembly(): Assembly {
    compiled ??= new WebAssembly.Module(Buffer.from(moduleBase64, 'base64'));
    this.#made ??= new WebAssembly.Instance(compiled).exports as Assembly;
    return this.#made;
  }

  get #answerStart(): number {
    return this.#assembly.free.value + layoutLength;
  }

  #bytes(start: number, length: number): Buffer {
    return Buffer.from(this.#assembly.memory.buffer, start, length);
  }
}
