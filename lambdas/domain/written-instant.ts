import { type Instant, toIso } from './instant.ts';

/** The parts of an instant in the extended form of ISO 8601, and the text after its time. */
const isoForm = /^(\d{4}-\d\d-\d\d)([Tt ])(\d\d:\d\d)(?::(\d\d)(?:[.,](\d+))?)?(.*)$/s;

const firstInstant = Date.parse('0000-01-01T00:00:00.000Z');
const lastInstant = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * The units of a number that counts the time since 1970. For instants from 1990 to 2200 the ranges of the units do not
 * overlap, so a number's unit follows from its size. A number outside all ranges is not an instant of an audit log.
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

/** The unit of a number that counts the time since 1970; `undefined` if the number fits no unit. */
export function epochUnitOf(value: number): EpochUnit | undefined {
  return epochUnits.find(({ inMilliseconds }) => {
    const instant = value * inMilliseconds;
    return instant >= earliestCounted && instant < latestCounted;
  });
}

/**
 * Reads an instant, in whole milliseconds; finer fractions are cut off. The value is ISO 8601 with
 * `Z` or an offset, or a number of seconds, milliseconds, microseconds or nanoseconds since 1970.
 * `undefined` if the value cannot be read or is ambiguous.
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
 * The instant of recording at the start of a sort key; any text may follow. Without an offset the
 * instant is in UTC. `undefined` if the following text may be either an offset or an id, or if it
 * names a time zone: a wrong instant would not be noticed.
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

/** The offset after a sort key's time, in minutes; `undefined` if it is ambiguous. */
export function offsetBehind(behind: string): number | undefined {
  if (/^[Zz]/.test(behind)) return 0;
  const offset = /^\s?(?:UTC|GMT)?([+\-\u2212])(\d\d)(?:(:?)(\d\d))?(?![A-Za-z0-9:])/.exec(behind);
  if (offset !== null) {
    const [, sign, hours, colon, minutes] = offset;
    const minutesEast = offsetOf([behind, sign, hours, minutes]);
    // `-0500` may be an offset, but also a separator and the id 0500.
    return sign === '-' && colon !== ':' && minutesEast !== 0 ? undefined : minutesEast;
  }
  if (/^\s?(?:UTC|GMT)(?![A-Za-z0-9])/.test(behind)) return 0;
  // Abbreviations of zones such as CET are ambiguous.
  return /^\s?[A-Z]{2,5}(?![A-Za-z0-9])/.test(behind) ? undefined : 0;
}

/** An offset in minutes; `undefined` if its hours or minutes are out of range. */
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
  // `Date.parse` turns a day that does not exist into another day.
  if (offset === undefined || Number.isNaN(asUtc) || toIso(asUtc) !== reading) return undefined;
  const instant = asUtc - offset * 60_000;
  return instant >= firstInstant && instant <= lastInstant ? instant : undefined;
}

/** Works on the digits, because multiplying a fraction of a second by a thousand would round. */
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

/** True for digits such as 2025110307: read as seconds, they would be an instant in 2034. */
export function isCompactDate(digits: string): boolean {
  return /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])/.test(digits);
}
