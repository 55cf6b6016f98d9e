import { toIso } from './instant.ts';
import { readInstant, recordedAt } from './written-instant.ts';

/**
 * The attribute names of the audit log table. Several may be the same: a table whose sort key is its only date names it
 * twice.
 */
export interface AuditLogAttributes {
  /** The instant of recording: ISO 8601 in UTC, then anything (`2026-11-22T07:59:59.120Z#01JD…`), or epoch milliseconds. */
  readonly sortKey: string;
  readonly date: string;
  readonly email: string;
  readonly action: string;
  readonly actionId: string;
  readonly description: string;
  readonly ipAddress: string;
}

/** A field of a record; the sort key is none. */
export type RecordField = Exclude<keyof AuditLogAttributes, 'sortKey'>;

/** What a row has to hold. */
export interface RowLayout extends AuditLogAttributes {
  /** The fields without which a row is malformed; none unless given. */
  readonly required?: readonly RecordField[] | undefined;
}

/** The names in the stack's own table, and in any other where nothing else is said. */
export const defaultAttributes: AuditLogAttributes = {
  sortKey: 'recordedAt',
  date: 'date',
  email: 'email',
  action: 'action',
  actionId: 'actionId',
  description: 'description',
  ipAddress: 'ipAddress',
};

/** What an attribute holds. A number that JavaScript cannot hold exactly stands as its digits, a text. */
export type StoredValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | Uint8Array
  | readonly StoredValue[]
  | ReadonlySet<StoredValue>
  | { readonly [name: string]: StoredValue };

export type StoredRow = Readonly<Record<string, StoredValue>>;

export interface AuditRecord {
  /** One line of JSON, without its line feed. */
  readonly json: string;
  /**
   * True if a value is neither text nor absent, the date cannot be read, every field but the date is missing, or one is
   * that the stage requires. The record is delivered all the same.
   */
  readonly malformed: boolean;
}

/** The keys of a delivered record, in their order, and the attribute that each is taken from. */
export const recordColumns = [
  ['Date', 'date'],
  ['Email', 'email'],
  ['Action', 'action'],
  ['Action ID', 'actionId'],
  ['Description', 'description'],
  ['IP Address', 'ipAddress'],
] as const satisfies readonly (readonly [string, RecordField])[];

/**
 * The row as it is delivered: exactly the six keys, in their order.
 *
 * An absent value is `null`. One that is not text keeps its kind: numbers and booleans as such, maps and lists nested,
 * sets as lists, binary as base64. A number is a JSON number when a reader's double holds all its digits, and text
 * otherwise, so that no reader rounds it. The record is one line for every reader: whatever a reader may take for a
 * line's end, or for a control character, is escaped, and so are lone surrogates.
 */
export function auditRecord(row: StoredRow, layout: RowLayout): AuditRecord {
  let json = '';
  let malformed = lacksFields(fieldsOf(row, layout), layout.required);
  for (const [key, column] of recordColumns) {
    const cell = column === 'date' ? dateCell(row, layout) : valueCell(row[layout[column]]);
    json += `${json === '' ? '{' : ','}"${key}":${cell.json}`;
    malformed ||= cell.malformed;
  }
  return { json: `${json}}`, malformed };
}

/** Fields as a set of bits: that of a column is 1 shifted left by its place in `recordColumns`. */
export type FieldBits = number;

/** Of every column. */
export const allFields: FieldBits = (1 << recordColumns.length) - 1;

/** The bit of the date, which alone makes no record. */
const dateField: FieldBits = 1;

export function fieldBits(fields: readonly RecordField[]): FieldBits {
  return recordColumns.reduce(
    (bits, [, column], place) => (fields.includes(column) ? bits | (1 << place) : bits),
    0,
  );
}

export function fieldsIn(bits: FieldBits): RecordField[] {
  return recordColumns.flatMap(([, column], place) => ((bits & (1 << place)) === 0 ? [] : [column]));
}

/** The fields that a row has. One that is absent or null is missing; an empty text is a value. */
export function fieldsOf(row: StoredRow, attributes: AuditLogAttributes): FieldBits {
  return fieldBits(
    recordColumns.flatMap(([, column]) => {
      const value = row[attributes[column]];
      return value === undefined || value === null ? [] : [column];
    }),
  );
}

/** Whether a row with these fields is malformed for what it lacks. */
export function lacksFields(present: FieldBits, required: readonly RecordField[] = []): boolean {
  return (present & ~dateField) === 0 || (fieldBits(required) & ~present) !== 0;
}

/** A value of any column but the date. */
export function valueCell(value: StoredValue): AuditRecord {
  return {
    json: toJson(value),
    malformed: value !== undefined && value !== null && typeof value !== 'string',
  };
}

/**
 * The date in UTC with milliseconds (finer fractions are cut off): from the date attribute (see `readInstant`); when it is
 * absent, from the sort key (see `recordedAt`). What cannot be read is delivered as it is.
 */
export function dateCell(row: StoredRow, attributes: AuditLogAttributes): AuditRecord {
  const sortKey = row[attributes.sortKey];
  const own = attributes.date === attributes.sortKey ? undefined : row[attributes.date];
  const absent = own === undefined || own === null;
  const instant = absent ? recordedAt(sortKey) : readInstant(own);
  if (instant === undefined) return { json: toJson(absent ? sortKey : own), malformed: true };
  return { json: `"${toIso(instant)}"`, malformed: false };
}

/** The value as JSON on one line. */
export function toJson(value: StoredValue): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'string') return textToJson(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : `"${value}"`;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? String(value) : `"${value}"`;
  if (value instanceof Uint8Array)
    return `"${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')}"`;
  if (isList(value)) return `[${[...value].map(toJson).join(',')}]`;
  return `{${Object.entries(value)
    .map(([name, member]) => `${textToJson(name)}:${toJson(member)}`)
    .join(',')}}`;
}

function isList(value: object): value is readonly StoredValue[] | ReadonlySet<StoredValue> {
  return Array.isArray(value) || value instanceof Set;
}

// JSON itself escapes what lies below the space, and `stringify` lone surrogates; some readers end a line at these too.
const alsoEscaped = /[\u007f-\u009f\u2028\u2029]/g;

function textToJson(text: string): string {
  return JSON.stringify(text).replace(
    alsoEscaped,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
