import { toIso } from './instant.ts';
import { readInstant, recordedAt } from './written-instant.ts';

/** The attribute names of the audit log table. Sort key and date may have the same name. */
export interface AuditLogAttributes {
  /**
   * The instant of recording: ISO 8601 in UTC, then anything (`2026-11-22T07:59:59.120Z#01JD…`), or epoch milliseconds.
   */
  readonly sortKey: string;
  readonly date: string;
  readonly email: string;
  readonly action: string;
  readonly actionId: string;
  readonly description: string;
  readonly ipAddress: string;
}

/** A field of a record. The sort key is not a field. */
export type RecordField = Exclude<keyof AuditLogAttributes, 'sortKey'>;

/** The attribute names of the audit log table, and the fields that every row must have. */
export interface RowLayout extends AuditLogAttributes {
  /** A row without one of these fields is malformed. Default: none. */
  readonly required?: readonly RecordField[] | undefined;
}

/** The names in the stack's own table, and the default for a vendor's table. */
export const defaultAttributes: AuditLogAttributes = {
  sortKey: 'recordedAt',
  date: 'date',
  email: 'email',
  action: 'action',
  actionId: 'actionId',
  description: 'description',
  ipAddress: 'ipAddress',
};

/** The value of an attribute. A number that JavaScript cannot represent exactly is a string of its digits. */
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
   * True if a value is neither text nor absent, the date cannot be read, all fields but the date are missing, or a
   * required field is missing. The record is delivered nevertheless.
   */
  readonly malformed: boolean;
}

/** The keys of a delivered record in their order, and the field that gives each value. */
export const recordColumns = [
  ['Date', 'date'],
  ['Email', 'email'],
  ['Action', 'action'],
  ['Action ID', 'actionId'],
  ['Description', 'description'],
  ['IP Address', 'ipAddress'],
] as const satisfies readonly (readonly [string, RecordField])[];

/**
 * The delivered record of a row: exactly the six keys, in their order.
 *
 * An absent value is `null`. Other types than text are kept: numbers and booleans unchanged, maps and lists nested,
 * sets as lists, binary as base64. A number is a JSON number only if a double can hold all its digits, and text
 * otherwise, so that no reader rounds it. Control characters, lone surrogates and every character that some reader
 * takes for the end of a line are escaped, so that the record is one line for every reader.
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

/** A set of fields. The bit of a field is 1 shifted left by its index in `recordColumns`. */
export type FieldBits = number;

export const allFields: FieldBits = (1 << recordColumns.length) - 1;

/** The bit of the date. A row with nothing but a date is malformed. */
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

/** The fields that a row has. An absent or null attribute is missing; an empty text is a value. */
export function fieldsOf(row: StoredRow, attributes: AuditLogAttributes): FieldBits {
  return fieldBits(
    recordColumns.flatMap(([, column]) => {
      const value = row[attributes[column]];
      return value === undefined || value === null ? [] : [column];
    }),
  );
}

/** Whether a row with only these fields is malformed. */
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
 * The date in UTC with milliseconds; finer fractions are cut off. It is read from the date attribute (see
 * `readInstant`), or from the sort key if that is absent (see `recordedAt`). An unreadable date is delivered unchanged.
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

// `JSON.stringify` escapes only characters below the space and lone surrogates. Some readers also end a line at these.
const alsoEscaped = /[\u007f-\u009f\u2028\u2029]/g;

function textToJson(text: string): string {
  return JSON.stringify(text).replace(
    alsoEscaped,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
