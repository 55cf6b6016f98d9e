/** An independent oracle for windows: local time and clock changes, only from the runtime’s plain local time. */

const hour = 3_600_000;
const day = 24 * hour;

/** Local date and time at an instant, as milliseconds as if they were UTC; whole seconds. */
export type WallClock = (instant: number) => number;

export function wallClockOf(timeZone: string): WallClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  return instant => {
    // 11/22/2026, 18:30:00
    const text = format.format(instant);
    const number = (from: number, to: number) => Number(text.slice(from, to));
    return Date.UTC(
      number(6, 10),
      number(0, 2) - 1,
      number(3, 5),
      number(12, 14),
      number(15, 17),
      number(18, 20),
    );
  };
}

/** From `start` on, local time is `instant + offset`. */
export interface Segment {
  readonly start: number;
  readonly offset: number;
}

/** No zone changes its clocks twice within this time (the minimum is 6.96 days, in Gaza during Ramadan). */
const scanStep = 6 * day;

/** The segments of equal offset in a span of time, to the second. The first starts at `from`. */
export function segmentsOf(clock: WallClock, from: number, to: number): Segment[] {
  const offsetAt = (instant: number) => clock(instant) - instant;
  const segments: Segment[] = [{ start: from, offset: offsetAt(from) }];
  let offset = offsetAt(from);
  for (let known = from; known < to; known += scanStep) {
    const next = offsetAt(known + scanStep);
    if (next === offset) continue;
    segments.push({ start: firstSecondWith(offsetAt, next, known, known + scanStep), offset: next });
    offset = next;
  }
  return segments;
}

function firstSecondWith(offsetAt: WallClock, offset: number, earlier: number, later: number): number {
  let low = earlier;
  let high = later;
  while (high - low > 1000) {
    const middle = low + Math.floor((high - low) / 2000) * 1000;
    if (offsetAt(middle) === offset) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * The boundaries after `from` up to `to`: within a segment, where local time is a multiple of four hours for the
 * first time; between segments, the jump, if it skips such a time.
 */
export function boundariesOf(segments: readonly Segment[], from: number, to: number): number[] {
  const step = 4 * hour;
  const boundaries = new Set<number>();
  let shownBefore = Number.NEGATIVE_INFINITY;
  segments.forEach(({ start, offset }, index) => {
    const end = segments[index + 1]?.start ?? Number.POSITIVE_INFINITY;
    if (end > from - 2 * day && start < to) {
      if (shownBefore > 0 && Math.ceil(shownBefore / step) * step < start + offset) boundaries.add(start);
      const firstShown = Math.max(start, from - 2 * day) + offset;
      const first = Math.ceil(Math.max(firstShown, shownBefore) / step) * step;
      for (let reading = first; reading - offset < end && reading - offset <= to; reading += step)
        boundaries.add(reading - offset);
    }
    shownBefore = Math.max(shownBefore, end + offset);
  });
  return [...boundaries].filter(boundary => boundary > from && boundary <= to).sort((a, b) => a - b);
}

/** The same by reading the clock every minute: a boundary is where a new quarter of the day begins. */
export function boundariesByMinute(clock: WallClock, from: number, to: number): number[] {
  const minute = 60_000;
  const boundaries: number[] = [];
  let furthest = Number.NEGATIVE_INFINITY;
  for (let instant = from - 3 * hour; instant <= to; instant += minute) {
    const reached = Math.floor(clock(instant) / (4 * hour));
    if (reached > furthest && instant > from) boundaries.push(instant);
    furthest = Math.max(furthest, reached);
  }
  return boundaries;
}
