import { type Instant, toIso } from './instant.ts';
import { epochUnitOf, isCompactDate, offsetBehind, recordedAt } from './written-instant.ts';

/** The two types of sort keys that a stage can have: text in ISO 8601, or a number of milliseconds since 1970. */
export const sortKeyTypes = ['iso', 'epochMilliseconds'] as const;

export type SortKeyType = (typeof sortKeyTypes)[number];

/**
 * A window's bound as a sort key. A text has no fraction and no `Z`, so that it sorts before every key of its second,
 * with any number of digits after the second.
 */
export function sortKeyBound(instant: Instant, type: SortKeyType): string {
  return type === 'iso' ? toIso(instant).slice(0, 19) : String(instant);
}

/** The instant of a sort key, in whole milliseconds; `undefined` if such keys do not sort like their instants. */
export function placeInTime(sortKey: string, type: SortKeyType): Instant | undefined {
  if (type === 'epochMilliseconds') return /^\d{1,15}$/.test(sortKey) ? Number(sortKey) : undefined;
  const [prefix] = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?(?=[\dZ#]|$)/.exec(sortKey) ?? [];
  const instant = prefix === undefined ? Number.NaN : Date.parse(`${prefix}Z`);
  return Number.isNaN(instant) ? undefined : instant;
}

/** The form of a sort key. Only a row whose key has the declared form is exported with the right window. */
export interface KeyForm {
  readonly readable: boolean;
  /** A description such as `ISO 8601 with a space in the place of T`. Never contains the key itself. */
  readonly name: string;
  /** The instant of recording, if the key contains one that can be read. */
  readonly instant: Instant | undefined;
}

/** A description of the keys of each type. */
export const expectedForms: Readonly<Record<SortKeyType, string>> = {
  iso: 'text in ISO 8601 in UTC, such as 2026-11-22T07:59:59.120Z#01JD',
  epochMilliseconds: 'a number of milliseconds since 1970',
};

/** The form of a sort key, compared with the declared type. */
export function keyForm(sortKey: unknown, type: SortKeyType): KeyForm {
  if (typeof sortKey === 'number' || typeof sortKey === 'bigint') return numberForm(Number(sortKey), type);
  if (typeof sortKey !== 'string') {
    const name = sortKey === undefined ? 'none: the row has no such attribute' : 'neither text nor a number';
    return { readable: false, name, instant: undefined };
  }
  // A number with more digits than a double can hold arrives as text.
  if (type === 'epochMilliseconds' && /^-?\d+(?:\.\d+)?$/.test(sortKey))
    return numberForm(Number(sortKey), type);
  return textForm(sortKey, type);
}

function numberForm(value: number, type: SortKeyType): KeyForm {
  const unit = epochUnitOf(value)?.unit;
  const name = unit === undefined ? 'a number that is no time since 1970' : `a number of ${unit} since 1970`;
  return {
    readable: type === 'epochMilliseconds' && unit === 'milliseconds',
    name,
    instant: recordedAt(value),
  };
}

function textForm(text: string, type: SortKeyType): KeyForm {
  const instant = recordedAt(text);
  const flaw = flawOf(text);
  const name = flaw ?? 'text in ISO 8601 in UTC';
  return { readable: type === 'iso' && flaw === undefined && instant !== undefined, name, instant };
}

const compact = 'ISO 8601 in its compact form';
const day = '\\d{4}-\\d\\d-\\d\\d';
const clock = '\\d\\d:\\d\\d';

/** Descriptions of wrong forms that occur in audit logs. The first that matches counts. */
const flaws: readonly (readonly [RegExp, string])[] = [
  [/^\s/, 'text that begins with a space'],
  [/^["']/, 'text that begins with a quote'],
  [/^\p{Cf}/u, 'text that begins with an invisible character'],
  [new RegExp(`^${day} +${clock}`), 'ISO 8601 with a space in the place of T'],
  [new RegExp(`^${day}t${clock}`), 'ISO 8601 with a small t'],
  [new RegExp(`^${day}[_/#|-]${clock}`), 'ISO 8601 with another character in the place of T'],
  [/^\d{8}[Tt ]\d{2,6}/, compact],
  [new RegExp(`^${day}(?![Tt ]?\\d)`), 'a date without a time'],
  [/^\d{4}-\d{1,2}-\d{1,2}[Tt ]/, 'ISO 8601 with digits missing'],
  [/^\d{4}\/\d{1,2}\/\d{1,2}/, 'a date with slashes'],
  [/^\d{1,2}[./-]\d{1,2}[./-]\d{4}/, 'a date that does not begin with its year'],
  [/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/, 'a date in words'],
  [/^\d{4}-W\d\d|^\d{4}-\d{3}(?!\d)/, 'ISO 8601 by weeks or by days of the year'],
  [/^[+-]\d{5,6}-/, 'ISO 8601 with a year of more than four digits'],
  [/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-/i, 'a UUID'],
  [/^[0-7][0-9A-HJKMNP-TV-Z]{25}(?![0-9A-Za-z])/, 'a ULID'],
  [new RegExp(`${day}[Tt ]${clock}`), 'text in front of the instant'],
];

/** What is wrong with a text that should be ISO 8601 in UTC; `undefined` if it is right. */
function flawOf(text: string): string | undefined {
  const [, digits] = /^(\d{8,})(?![\dTt])/.exec(text) ?? [];
  if (digits !== undefined && digits.length !== 13 && isCompactDate(digits)) return compact;
  const unit = digits === undefined ? undefined : epochUnitOf(Number(digits))?.unit;
  if (unit !== undefined) return `${unit} since 1970 as text`;
  const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(?:[.,]\d+)?)?(.*)$/s.exec(text);
  if (iso !== null) return isoFlaw(text, iso[1], iso[2] ?? '');
  return flaws.find(([form]) => form.test(text))?.[1] ?? 'text that is no instant';
}

function isoFlaw(text: string, seconds: string | undefined, behind: string): string | undefined {
  // `08:00#1` sorts before `08:00:00`, so its row would be exported with the previous window.
  if (seconds === undefined && !/^[Zz]/.test(behind)) return 'ISO 8601 without seconds';
  const offset = offsetBehind(behind);
  if (offset === undefined) return 'ISO 8601 with something behind it that may be an offset or a time zone';
  if (offset !== 0) return 'ISO 8601 with an offset other than Z';
  return recordedAt(text) === undefined ? 'ISO 8601 with a day or time that does not exist' : undefined;
}
