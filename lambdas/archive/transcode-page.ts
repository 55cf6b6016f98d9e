import { isUtf8 } from 'node:buffer';
import {
  type AuditRecord,
  dateCell,
  type FieldBits,
  fieldBits,
  lacksFields,
  type RowLayout,
  recordColumns,
  valueCell,
} from '../domain/audit-record.ts';
import { fromAttributeValue, isMap } from './attribute-value.ts';
import type { ByteWriter } from './byte-writer.ts';
import { canonicalDateLength, isCanonicalDate } from './canonical-date.ts';
import { parsePage } from './encode-rows.ts';
import { ascii, JsonScanner, UnfamiliarJsonError } from './json-scanner.ts';
import type { OffsetList } from './offset-list.ts';
import { missingRow, type Page } from './page.ts';
import { createPageMemory, type PageMemory } from './page-memory.ts';
import type { LineLayout, PlainRows } from './plain-rows/plain-rows.ts';
import { absent, foreignText, numberText, otherValue, plainText, RowValues } from './row-values.ts';

/**
 * Turns the body of an answer to a DynamoDB Query into a page, and creates no objects for it. Strings, which are most
 * of an audit log, are copied as bytes. A value that cannot be copied is parsed alone. If the JSON is not written as
 * DynamoDB usually writes it, `parsePage` reads the whole answer. The result is always the same as that of `parsePage`.
 *
 * If the body is in the buffer from the memory's `answer`, `PlainRows` reads the plain rows, and only the others are
 * read here. The page is valid until the body or the memory is reused.
 *
 * @param excluded a sort key outside the window that the query returns nevertheless; its row is left out
 * @throws ExportError `internal` if the body is not a whole answer
 */
export function transcodePage(
  body: Uint8Array,
  layout: RowLayout,
  excluded?: string,
  memory?: PageMemory,
): Page {
  return transcodeFamiliar(body, layout, excluded, memory) ?? parsePage(body, layout, excluded);
}

/** The page; `undefined` if only `parsePage` can read the answer. */
export function transcodeFamiliar(
  body: Uint8Array,
  layout: RowLayout,
  excluded?: string,
  memory = createPageMemory(),
): Page | undefined {
  if (!isUtf8(body)) return undefined;
  const inPlace = memory.plainRows.holds(body);
  memory.lines.restart(inPlace ? memory.plainRows.lines() : Buffer.allocUnsafeSlow(body.length));
  memory.rowEnds.restart();
  memory.sortKeys.restart();
  try {
    const transcoder = new Transcoder(body, layout, excluded, memory);
    if (inPlace) transcoder.leavePlainRowsTo(memory.plainRows);
    return transcoder.readAnswer();
  } catch (error) {
    if (error instanceof UnfamiliarJsonError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const openings = recordColumns.map(([key], index) => Buffer.from(`${index === 0 ? '{' : ','}"${key}":`));
const nullText = Buffer.from('null');
const closing = Buffer.from('}\n');
const typeS = 0x53;
const typeN = 0x4e;

class Transcoder {
  readonly #scanner: JsonScanner;
  readonly #rowLayout: RowLayout;
  readonly #excluded: Buffer | undefined;
  readonly #writer: ByteWriter;

  /** The distinct attributes that are read. The first is the sort key. The index of an attribute is its slot. */
  readonly #names: readonly Buffer[];
  readonly #lineLayout: LineLayout;
  /** The current row's. */
  readonly #values: RowValues;

  readonly #rowEnds: OffsetList;
  readonly #sortKeys: OffsetList;
  readonly #malformedRows: number[] = [];
  #fields: FieldBits = 0;
  #plainRows: PlainRows | undefined;

  constructor(
    body: Uint8Array,
    layout: RowLayout,
    excluded: string | undefined,
    { lines, rowEnds, sortKeys }: PageMemory,
  ) {
    this.#scanner = new JsonScanner(body);
    this.#writer = lines;
    this.#rowEnds = rowEnds;
    this.#sortKeys = sortKeys;
    this.#rowLayout = layout;
    this.#excluded = excluded === undefined ? undefined : Buffer.from(excluded);
    const names = [...new Set([layout.sortKey, ...recordColumns.map(([, attribute]) => layout[attribute])])];
    this.#names = names.map(name => Buffer.from(name));
    const columnSlots = recordColumns.map(([, attribute]) => names.indexOf(layout[attribute]));
    this.#lineLayout = { names, openings, columnSlots, required: fieldBits(layout.required ?? []) };
    this.#values = new RowValues(this.#scanner, names.length);
  }

  /** Lets WebAssembly read the plain rows. The body must be in its memory. */
  leavePlainRowsTo(plainRows: PlainRows): void {
    const excluded = this.#excluded ?? Buffer.alloc(0);
    if (plainRows.begin(this.#scanner.body, this.#lineLayout, excluded)) this.#plainRows = plainRows;
  }

  readAnswer(): Page {
    const scanner = this.#scanner;
    let items: number | undefined;
    const members: Record<string, unknown> = Object.create(null);
    scanner.expect(ascii.openMap);
    do {
      scanner.readText();
      const name = scanner.decode(scanner.start, scanner.end);
      scanner.expect(ascii.colon);
      if (name !== 'Items') members[name] = scanner.readValue();
      else if (items === undefined) items = this.#readItems();
      else throw new UnfamiliarJsonError();
    } while (scanner.skips(ascii.comma));
    scanner.expect(ascii.closeMap);
    const { Count: count, LastEvaluatedKey: lastEvaluatedKey } = members;
    if (scanner.next !== -1 || items === undefined || count !== items) throw new UnfamiliarJsonError();
    if (lastEvaluatedKey !== undefined && !isMap(lastEvaluatedKey)) throw new UnfamiliarJsonError();
    return this.#page(lastEvaluatedKey);
  }

  #page(lastEvaluatedKey: Page['lastEvaluatedKey']): Page {
    const scanner = this.#scanner;
    const sortKeys = this.#sortKeys.pushed();
    return {
      lines: this.#writer.written(),
      count: this.#rowEnds.length,
      rowEnds: this.#rowEnds.pushed(),
      malformedRows: this.#malformedRows,
      fields: this.#fields,
      sortKey(row) {
        const [start, end] = [sortKeys[2 * row], sortKeys[2 * row + 1]];
        return start === undefined || end === undefined ? missingRow(row) : scanner.decode(start, end);
      },
      lastEvaluatedKey,
    };
  }

  /** Reads all rows. Returns their number, including excluded rows. */
  #readItems(): number {
    const scanner = this.#scanner;
    let items = 0;
    scanner.expect(ascii.openList);
    if (scanner.skips(ascii.closeList)) return 0;
    do {
      items += this.#readPlainItems();
      this.#readItem();
      items++;
      if (!this.#isExcluded()) this.#writeRow();
    } while (scanner.skips(ascii.comma));
    scanner.expect(ascii.closeList);
    return items;
  }

  /** Reads plain rows up to the first other row or the last row. Returns their number. */
  #readPlainItems(): number {
    const writer = this.#writer;
    // WebAssembly can write only into its own memory, so not after the writer has moved the lines elsewhere.
    if (!this.#plainRows || !writer.fitsGivenMemory) return 0;
    const { lineEnds, sortKeys, readTo, writtenTo, fields } = this.#plainRows.readRows(
      this.#scanner.at,
      writer.length,
    );
    this.#rowEnds.append(lineEnds);
    this.#sortKeys.append(sortKeys);
    this.#scanner.at = readTo;
    writer.length = writtenTo;
    this.#fields |= fields;
    return lineEnds.length;
  }

  #readItem(): void {
    const scanner = this.#scanner;
    this.#values.clear();
    scanner.expect(ascii.openMap);
    do {
      scanner.readText();
      if (scanner.escaped) throw new UnfamiliarJsonError();
      const slot = this.#slotNamed(scanner.start, scanner.end);
      scanner.expect(ascii.colon);
      this.#readAttributeValue(slot);
    } while (scanner.skips(ascii.comma));
    scanner.expect(ascii.closeMap);
  }

  /** The slot of the attribute whose name is between two offsets; -1 if this attribute is not exported. */
  #slotNamed(start: number, end: number): number {
    const names = this.#names;
    for (let slot = 0; slot < names.length; slot++) {
      const name = names[slot] as Buffer;
      if (name.length === end - start && this.#scanner.holds(name, start)) return slot;
    }
    return -1;
  }

  #readAttributeValue(slot: number): void {
    const scanner = this.#scanner;
    const { body, at } = scanner;
    const type = body[at + 2];
    const isText = (type === typeS || type === typeN) && body[at + 3] === ascii.quote;
    if (isText && body[at + 1] === ascii.quote && body[at + 4] === ascii.colon) {
      scanner.expect(ascii.openMap);
      scanner.at = at + 5;
      scanner.readText();
      scanner.expect(ascii.closeMap);
      if (slot === 0 && scanner.escaped) throw new UnfamiliarJsonError();
      if (slot !== -1)
        this.#values.storeText(slot, type === typeN ? numberText : scanner.foreign ? foreignText : plainText);
    } else {
      const value = fromAttributeValue(scanner.readValue());
      if (slot === -1) return;
      this.#values.storeOther(slot, value);
    }
  }

  #isExcluded(): boolean {
    const kind = this.#values.kind(0);
    if (kind === absent || kind === otherValue) throw new UnfamiliarJsonError();
    const start = this.#values.start(0);
    const length = this.#values.end(0) - start;
    return this.#excluded?.length === length && this.#scanner.holds(this.#excluded, start);
  }

  #writeRow(): void {
    const writer = this.#writer;
    let malformed = false;
    let fields: FieldBits = 0;
    for (let column = 0; column < openings.length; column++) {
      const slot = this.#lineLayout.columnSlots[column] as number;
      if (!this.#values.isMissing(slot)) fields |= 1 << column;
      writer.append(openings[column] as Buffer);
      const wellFormed = column === 0 ? this.#writeDate(slot) : this.#writeValue(slot);
      malformed ||= !wellFormed;
    }
    writer.append(closing);
    this.#fields |= fields;
    if (malformed || lacksFields(fields, this.#rowLayout.required))
      this.#malformedRows.push(this.#rowEnds.length);
    this.#rowEnds.push(writer.length);
    this.#sortKeys.push(this.#values.start(0));
    this.#sortKeys.push(this.#values.end(0));
  }

  /** Writes a value. Returns false if it is malformed. */
  #writeValue(slot: number): boolean {
    const values = this.#values;
    const kind = values.kind(slot);
    if (kind === plainText)
      this.#writer.append(this.#scanner.body, values.start(slot) - 1, values.end(slot) + 1);
    else if (kind === absent) this.#writer.append(nullText);
    else return this.#writeCell(valueCell(values.value(slot)));
    return true;
  }

  #writeDate(dateSlot: number): boolean {
    const values = this.#values;
    const slot = values.kind(dateSlot) === absent ? 0 : dateSlot;
    const start = values.start(slot);
    const length = values.end(slot) - start;
    // A sort key begins with the date, and continues after it.
    const fits = slot === 0 ? length >= canonicalDateLength : length === canonicalDateLength;
    if (values.kind(slot) === plainText && fits && isCanonicalDate(this.#scanner.body, start)) {
      this.#writer.appendQuoted(this.#scanner.body, start, start + canonicalDateLength);
      return true;
    }
    const { sortKey, date } = this.#rowLayout;
    return this.#writeCell(
      dateCell({ [date]: values.value(dateSlot), [sortKey]: values.value(0) }, this.#rowLayout),
    );
  }

  #writeCell({ json, malformed }: AuditRecord): boolean {
    this.#writer.append(Buffer.from(json));
    return !malformed;
  }
}
