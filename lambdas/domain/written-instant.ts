import { type Instant, toIso } from './instant.ts';

/** The parts of an instant in ISO 8601 in its extended form, and what stands behind its clock time. */
const isoForm = /^(\d{4}-\d\d-\d\d)([Tt ])(\d\d:\d\d)(?::(\d\d)(?:[.,](\d+))?)?(.*)$/s;

const firstInstant = Date.parse('0000-01-01T00:00:00.000Z');
const lastInstant = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * The units in which a moment from 1990 up to 2200 can be counted since 1970. Their ranges do not meet, so a number tells
 * its own unit; one outside of all is no moment that an audit log tells of.
 */
export const epochUnits = [
  { unit: 'seconds', inMilliseconds: 1_000 },
  { unit: 'milliseconds', inMilliseconds: 1 },
  { unit: 'microseconds', inMilliseconds: 1e-3 },
  { unit: 'nanoseconds', inMilliseconds: 1e-6 },
] as const;

const earliestCounted = Date.UTC(1990);
const latestCounted = Date.UTC(2200);

export type EpochUnit = (typeof epochUnits)[number];

/** The unit in which a number counts the time since 1970; `undefined` if it is none of them. */
export function epochUnitOf(value: number): EpochUnit | undefined {
  return epochUnits.find(({ inMilliseconds }) => {
    const instant = value * inMilliseconds;
    return instant >= earliestCounted && instant < latestCounted;
  });
}

/**
 * The instant that a value stands for, in whole milliseconds (what is finer is cut off): ISO 8601 with `Z` or an offset, or
 * a number of seconds, milliseconds, microseconds or nanoseconds since 1970. `undefined` if it cannot be read, or could
 * be read in two ways.
 */
export function readInstant(value: unknown): Instant | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return fromEpoch(String(value));
  if (typeof value !== 'string') return undefined;
  const parts = isoForm.exec(value);
  if (parts === null) return undefined;
  const zone = /^(?:[Zz]|([+\-\u2212])(\d\d)(?::?(\d\d))?)$/.exec(parts[6] ?? '');
  return zone === null ? undefined : instantOf(parts, offsetOf(zone));
}

/**
 * The instant of recording with which a sort key begins; what follows may be anything. A text without an offset is in UTC.
 * An offset counts. `undefined` where what follows may be an offset or an id, or names a time zone: a wrong instant would
 * look like a right one.
 */
export function recordedAt(sortKey: unknown): Instant | undefined {
  if (typeof sortKey !== 'string') return readInstant(sortKey);
  if (/^\d+$/.test(sortKey)) return isCompactDate(sortKey) ? undefined : fromEpoch(sortKey);
  const parts = isoForm.exec(sortKey);
  if (parts === null || parts[2] !== 'T') return undefined;
  const [, , , , second, , behind = ''] = parts;
  if (second === undefined && /^[:\d]/.test(behind)) return undefined;
  const offset = offsetBehind(behind);
  return offset === undefined ? undefined : instantOf(parts, offset);
}

/** The offset that stands behind a sort key's clock time, in minutes; `undefined` if it cannot be told. */
export function offsetBehind(behind: string): number | undefined {
  if (/^[Zz]/.test(behind)) return 0;
  const offset = /^\s?(?:UTC|GMT)?([+\-\u2212])(\d\d)(?:(:?)(\d\d))?(?![A-Za-z0-9:])/.exec(behind);
  if (offset !== null) {
    const [, sign, hours, colon, minutes] = offset;
    const minutesEast = offsetOf([behind, sign, hours, minutes]);
    // `-0500` may be an offset, and the id number 500 just as well.
    return sign === '-' && colon !== ':' && minutesEast !== 0 ? undefined : minutesEast;
  }
  if (/^\s?(?:UTC|GMT)(?![A-Za-z0-9])/.test(behind)) return 0;
  // An abbreviation such as CET, which nobody can read for certain.
  return /^\s?[A-Z]{2,5}(?![A-Za-z0-9])/.test(behind) ? undefined : 0;
}

/** In minutes; `undefined` for hours or minutes that no clock has. */
function offsetOf([, sign, hours = '0', minutes = '0']: ArrayLike<string | undefined> &
  Iterable<string | undefined>): number | undefined {
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const east = Number(hours) * 60 + Number(minutes);
  return sign === '+' || sign === undefined ? east : 0 - east;
}

function instantOf(parts: RegExpExecArray, offset: number | undefined): Instant | undefined {
  const [, day, , time, second = '00', fraction = ''] = parts;
  const reading = `${day}T${time}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
  const asUtc = Date.parse(reading);
  // A day that the calendar does not have comes back as another one.
  if (offset === undefined || Number.isNaN(asUtc) || toIso(asUtc) !== reading) return undefined;
  const instant = asUtc - offset * 60_000;
  return instant >= firstInstant && instant <= lastInstant ? instant : undefined;
}

/** By its digits: a fraction of a second times a thousand would be rounded. */
function fromEpoch(text: string): Instant | undefined {
  const [, integer, fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (integer === undefined) return undefined;
  switch (epochUnitOf(Number(integer))?.unit) {
    case 'seconds':
      return Number(integer + fraction.slice(0, 3).padEnd(3, '0'));
    case 'milliseconds':
      return Number(integer);
    case 'microseconds':
      return Number(integer.slice(0, -3));
    case 'nanoseconds':
      return Number(integer.slice(0, -6));
    default:
      return undefined;
  }
}

/** Digits such as 2025110307, which as seconds would be a day in 2034. */
export function isCompactDate(digits: string): boolean {
  return /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])/.test(digits);
}
