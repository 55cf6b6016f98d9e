import { type Instant, toIso } from './instant.ts';

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
  /** True if a value is neither text nor absent, or the date cannot be read. The record is delivered all the same. */
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
] as const satisfies readonly (readonly [string, keyof AuditLogAttributes])[];

/**
 * The row as it is delivered: exactly the six keys, in their order.
 *
 * An absent value is `null`. One that is not text keeps its kind: numbers and booleans as such, maps and lists nested,
 * sets as lists, binary as base64. A number is a JSON number when a reader's double holds all its digits, and text
 * otherwise, so that no reader rounds it. The record is one line for every reader: whatever a reader may take for a
 * line's end, or for a control character, is escaped, and so are lone surrogates.
 */
export function auditRecord(row: StoredRow, attributes: AuditLogAttributes): AuditRecord {
  let json = '';
  let malformed = false;
  for (const [key, column] of recordColumns) {
    const cell = column === 'date' ? dateCell(row, attributes) : valueCell(row[attributes[column]]);
    json += `${json === '' ? '{' : ','}"${key}":${cell.json}`;
    malformed ||= cell.malformed;
  }
  return { json: `${json}}`, malformed };
}

/** A value of any column but the date. */
export function valueCell(value: StoredValue): AuditRecord {
  return {
    json: toJson(value),
    malformed: value !== undefined && value !== null && typeof value !== 'string',
  };
}

/**
 * The date in UTC with milliseconds (finer fractions are cut off): from the date attribute if it is ISO 8601 with an
 * offset or `Z`, or a number of epoch milliseconds; when it is absent, from the sort key. What cannot be read is
 * delivered as it is.
 */
export function dateCell(row: StoredRow, attributes: AuditLogAttributes): AuditRecord {
  const sortKey = row[attributes.sortKey];
  const own = attributes.date === attributes.sortKey ? undefined : row[attributes.date];
  const absent = own === undefined || own === null;
  const instant = absent ? recordedAt(sortKey) : parseDate(own);
  if (instant === undefined) return { json: toJson(absent ? sortKey : own), malformed: true };
  return { json: `"${toIso(instant)}"`, malformed: false };
}

/** The instant of recording that a sort key begins with; `undefined` if it cannot be read. */
function recordedAt(sortKey: StoredValue): Instant | undefined {
  if (typeof sortKey !== 'string') return parseDate(sortKey);
  if (/^\d+$/.test(sortKey)) return epochMilliseconds(Number(sortKey));
  const [prefix] = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?/.exec(sortKey) ?? [];
  return prefix === undefined ? undefined : parseDate(`${prefix}Z`);
}

function parseDate(value: StoredValue): Instant | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return epochMilliseconds(Number(value));
  if (typeof value !== 'string') return undefined;
  const match =
    /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:[Zz]|([+-])(\d\d)(?::?(\d\d))?)$/.exec(
      value,
    );
  if (match === null) return undefined;
  const [, day, time, second = '00', fraction = '', sign, offsetHours = '0', offsetMinutes = '0'] = match;
  const reading = `${day}T${time}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
  const asUtc = Date.parse(reading);
  // A day that the calendar does not have comes back as another one.
  if (Number.isNaN(asUtc) || toIso(asUtc) !== reading) return undefined;
  if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return undefined;
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000;
  return epochMilliseconds(sign === '-' ? asUtc + offset : asUtc - offset);
}

const firstInstant = Date.parse('0000-01-01T00:00:00.000Z');
const lastInstant = Date.parse('9999-12-31T23:59:59.999Z');

/** The number as an instant, if its year has the four digits that readers expect. */
function epochMilliseconds(value: number): Instant | undefined {
  const instant = Math.floor(value);
  return instant >= firstInstant && instant <= lastInstant ? instant : undefined;
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
