import { type Instant, toIso } from './instant.ts';
import { epochUnitOf, isCompactDate, offsetBehind, recordedAt } from './written-instant.ts';

/** The two forms of sort keys that a stage can be set to: text in ISO 8601, or a number of milliseconds since 1970. */
export const sortKeyTypes = ['iso', 'epochMilliseconds'] as const;

export type SortKeyType = (typeof sortKeyTypes)[number];

/**
 * A bound of a window among sort keys. A text is written without a fraction and without `Z`, so that it sorts before
 * every key of its second whatever the precision of that.
 */
export function sortKeyBound(instant: Instant, type: SortKeyType): string {
  return type === 'iso' ? toIso(instant).slice(0, 19) : String(instant);
}

/** The instant of a key that sorts as instants do, in whole milliseconds; `undefined` of any other. */
export function placeInTime(sortKey: string, type: SortKeyType): Instant | undefined {
  if (type === 'epochMilliseconds') return /^\d{1,15}$/.test(sortKey) ? Number(sortKey) : undefined;
  const [prefix] = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?(?=[\dZ#]|$)/.exec(sortKey) ?? [];
  const instant = prefix === undefined ? Number.NaN : Date.parse(`${prefix}Z`);
  return Number.isNaN(instant) ? undefined : instant;
}

/** Whether a sort key has the declared form, so that its row is in the window of its instant. */
export interface KeyForm {
  readonly readable: boolean;
  /** What a person calls it: `ISO 8601 with a space in the place of T`. Never the key itself. */
  readonly name: string;
  /** The instant of recording, as far as the key tells. */
  readonly instant: Instant | undefined;
}

/** What keys of each type look like. */
export const expectedForms: Readonly<Record<SortKeyType, string>> = {
  iso: 'text in ISO 8601 in UTC, such as 2026-11-22T07:59:59.120Z#01JD',
  epochMilliseconds: 'a number of milliseconds since 1970',
};

/** The form of a sort key as it is in the table, measured against the declared type. */
export function keyForm(sortKey: unknown, type: SortKeyType): KeyForm {
  if (typeof sortKey === 'number' || typeof sortKey === 'bigint') return numberForm(Number(sortKey), type);
  if (typeof sortKey !== 'string') {
    const name = sortKey === undefined ? 'none: the row has no such attribute' : 'neither text nor a number';
    return { readable: false, name, instant: undefined };
  }
  // A number whose digits no double holds arrives as text.
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

/** The forms that are found in such tables; a key is of the first whose beginning it has. */
const flaws: readonly (readonly [RegExp, string])[] = [
  [/^\s/, 'text that begins with a space'],
  [/^["']/, 'text that begins with a quote'],
  [/^\p{Cf}/u, 'text that begins with a character that is not seen'],
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

/** What is wrong with a text that should be ISO 8601 in UTC; `undefined` if nothing is. */
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
  // `08:00#1` sorts before `08:00:00`, so it is in the window before its own.
  if (seconds === undefined && !/^[Zz]/.test(behind)) return 'ISO 8601 without seconds';
  const offset = offsetBehind(behind);
  if (offset === undefined) return 'ISO 8601 with something behind it that may be an offset or a time zone';
  if (offset !== 0) return 'ISO 8601 with an offset other than Z';
  return recordedAt(text) === undefined ? 'ISO 8601 with a day or time that does not exist' : undefined;
}
