import { moduleBase64 } from './module.ts';

/** Node's types leave out what WebAssembly is made with. */
declare const WebAssembly: {
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** How rows become lines. */
export interface LineLayout {
  /** The attributes that are read; the first is the sort key. */
  readonly names: readonly string[];
  /** What stands before each column's value; the first column is the date. */
  readonly openings: readonly Uint8Array[];
  /** For each column, which of the attributes it shows. */
  readonly columnSlots: readonly number[];
  /** The columns of which every row must have a value, as bits: 1 is the first. */
  readonly required: number;
}

/** What `readRows` came to, until it is called again. */
export interface PlainRowsRead {
  /** Of each row, where its line ends. */
  readonly lineEnds: Uint32Array;
  /** Of each row, where its sort key begins and ends in the answer. */
  readonly sortKeys: Uint32Array;
  /** Where the next row begins in the answer. */
  readonly readTo: number;
  /** Where the last line ends. */
  readonly writtenTo: number;
  /** The columns of which a row has a value, of all rows since `begin`, as bits. */
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
/** For the names of the attributes, the openings and a sort key; whoever has longer ones does without this. */
const layoutLength = 4 * 1024;
/** Beyond an answer and its lines, since sixteen bytes are looked at together. */
const spare = 64;

let compiled: object | undefined;

/**
 * Reads the plain rows of an answer, those that hold nothing but texts which can be copied as they stand, ten times as
 * fast as JavaScript can. The answer and the lines lie in its own memory.
 */
export class PlainRows {
  #made: Assembly | undefined;
  #answerRoom = 0;

  /** Memory for an answer of so many bytes. Whatever was there before is lost, and so are the lines. */
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

  /** Whether an answer lies in the memory for it. */
  holds(answer: Uint8Array): boolean {
    return answer.buffer === this.#made?.memory.buffer && answer.byteOffset === this.#answerStart;
  }

  /** Memory for the lines of an answer. */
  lines(): Buffer {
    const start = this.#answerStart + this.#answerRoom + spare;
    return this.#bytes(start, this.#assembly.memory.buffer.byteLength - start);
  }

  /**
   * Makes ready for an answer.
   *
   * @param excluded a sort key whose row is not read
   * @returns whether rows in this layout can be read
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
   * Reads rows and writes their lines up to the first that is not plain, or the last of all.
   *
   * @param from where a row begins in the answer
   * @param to where the lines so far end
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
