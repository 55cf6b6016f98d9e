import { boundariesOf, type Segment, segmentsOf, wallClockOf } from '../../property/wall-clock.ts';

const from = Date.UTC(2025, 8, 1);
const to = Date.UTC(2027, 11, 1);

interface Calendar {
  readonly segments: readonly Segment[];
  readonly boundaries: readonly number[];
}

const calendars = new Map<string, Calendar>();

/** The boundaries of a zone from plain local time, independent of the code under test. */
function calendarOf(timeZone: string): Calendar {
  const known = calendars.get(timeZone);
  if (known) return known;
  const segments = segmentsOf(wallClockOf(timeZone), from, to);
  const calendar = { segments, boundaries: boundariesOf(segments, from, to) };
  calendars.set(timeZone, calendar);
  return calendar;
}

/** The first boundary after an instant. */
export function boundaryAfter(timeZone: string, instant: number): number {
  const { boundaries } = calendarOf(timeZone);
  const boundary = boundaries[firstAfter(boundaries, instant)];
  if (boundary === undefined) throw new RangeError('Outside the calendar');
  return boundary;
}

/** The last boundary up to an instant. */
export function boundaryUpTo(timeZone: string, instant: number): number {
  const { boundaries } = calendarOf(timeZone);
  const boundary = boundaries[firstAfter(boundaries, instant) - 1];
  if (boundary === undefined) throw new RangeError('Outside the calendar');
  return boundary;
}

/** The clock changes of a zone. */
export function clockChanges(timeZone: string): readonly number[] {
  return calendarOf(timeZone)
    .segments.slice(1)
    .map(({ start }) => start);
}

function firstAfter(boundaries: readonly number[], instant: number): number {
  let low = 0;
  let high = boundaries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((boundaries[middle] ?? 0) <= instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
