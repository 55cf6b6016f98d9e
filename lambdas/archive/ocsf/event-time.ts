import type { Instant } from '../../domain/instant.ts';
import { readInstant, recordedAt } from '../../domain/written-instant.ts';

const zero = 0x30;
const dayLength = 86_400_000;
/** From 0000-01-01 to 1970-01-01. */
const daysBefore1970 = 719_528;
const daysBeforeMonth = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/** The instant of a date in the delivered form, `2026-11-22T18:30:00.000Z`, that exists. Many times faster than `Date.parse`. */
export function canonicalInstant(lines: Buffer, at: number): Instant {
  const year = digits(lines, at, 4);
  const month = digits(lines, at + 5, 2);
  const isLeapYear = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days =
    365 * year +
    Math.floor((year + 3) / 4) -
    Math.floor((year + 99) / 100) +
    Math.floor((year + 399) / 400) +
    (daysBeforeMonth[month] as number) +
    (isLeapYear && month > 2 ? 1 : 0) +
    digits(lines, at + 8, 2) -
    1 -
    daysBefore1970;
  const seconds =
    3600 * digits(lines, at + 11, 2) + 60 * digits(lines, at + 14, 2) + digits(lines, at + 17, 2);
  return dayLength * days + 1000 * seconds + digits(lines, at + 20, 3);
}

/**
 * The instant of a row whose date may be unreadable: then that of recording. If the sort key does not say it for certain,
 * it is read as UTC, to the second or to the day, because the row was exported with the window in which its sort key lies
 * as a text in UTC. The epoch only if the sort key does not begin with a day either.
 */
export function eventInstant(date: string | null, sortKey: string): Instant {
  return (
    readInstant(date) ??
    recordedAt(sortKey) ??
    // From 2030 on, milliseconds may look like a compact date.
    readInstant(Number(sortKey)) ??
    readInstant(`${sortKey.slice(0, 19)}Z`) ??
    readInstant(`${sortKey.slice(0, 10)}T00:00Z`) ??
    0
  );
}

function digits(lines: Buffer, at: number, count: number): number {
  let number = 0;
  for (let index = at; index < at + count; index++) number = 10 * number + (lines[index] as number) - zero;
  return number;
}
