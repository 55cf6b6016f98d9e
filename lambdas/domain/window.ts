import type { Instant } from './instant.ts';
import { type OffsetAt, offsetsOf } from './time-zone.ts';

/** A half-open span of time, `start` included and `end` excluded, whose rows make one export. */
export interface Window {
  readonly start: Instant;
  readonly end: Instant;
}

const hour = 3_600_000;
const windowHours = 4;

/** No zone is further from UTC than this, so local time is certainly past (or not yet at) a wall-clock reading there. */
const widestOffset = 16 * hour;

/**
 * The 4-hour boundaries of a zone after one instant and up to (and including) another, in order.
 *
 * A boundary is the first instant at which the zone's clocks show 00, 04, 08, 12, 16 or 20 o'clock or later: where
 * daylight saving removes that reading it is the instant of the jump, where it repeats the first occurrence.
 * Computed one at a time, so that a caller may stop at any point of a long history.
 *
 * @param timeZone an IANA name, links included
 * @throws RangeError if the runtime does not know the zone, or `after` is no instant
 */
export function* boundariesAfter(timeZone: string, after: Instant, upTo: Instant): Generator<Instant> {
  const offsetAt = offsetsOf(timeZone);
  const step = windowHours * hour;
  let previous = after;
  // Local readings are handled as if they were UTC. Those that the clocks already show at `after` lie behind it.
  const shown = after + offsetAt(after);
  for (let reading = (Math.floor(shown / step) + 1) * step; ; reading += step) {
    const boundary = firstInstantShowing(offsetAt, reading);
    if (boundary > upTo) return;
    // Readings that a zone skipped fall together on the jump and make one boundary; one that repeats may lie behind.
    if (boundary > previous) {
      yield boundary;
      previous = boundary;
    }
  }
}

/** The first boundary of the zone after an instant. */
export function nextBoundary(timeZone: string, after: Instant): Instant {
  const { value, done } = boundariesAfter(timeZone, after, Number.POSITIVE_INFINITY).next();
  if (done) throw new RangeError(`No boundary of ${timeZone} after ${after}`);
  return value;
}

/** The last boundary of the zone at or before an instant. */
export function boundaryAtOrBefore(timeZone: string, instant: Instant): Instant {
  // A zone can skip or repeat a whole day, so the last boundary may lie almost 28 hours back.
  let latest: Instant | undefined;
  for (const boundary of boundariesAfter(timeZone, instant - 48 * hour, instant)) latest = boundary;
  if (latest === undefined)
    throw new RangeError(`No boundary of ${timeZone} in the two days before ${instant}`);
  return latest;
}

/** True if a boundary of the zone lies after one instant and up to another. */
export function crossedBoundary(timeZone: string, after: Instant, upTo: Instant): boolean {
  return !boundariesAfter(timeZone, after, upTo).next().done;
}

/**
 * The first instant at which clocks in the zone show the reading or a later one.
 *
 * Relies on a zone changing its offset at most once within twice `widestOffset`; every zone since 2000 keeps a week.
 */
function firstInstantShowing(offsetAt: OffsetAt, reading: number): Instant {
  const before = offsetAt(reading - widestOffset);
  const after = offsetAt(reading + widestOffset);
  if (before === after) return reading - before;
  if (offsetAt(reading - before) === before) return reading - before;
  if (offsetAt(reading - after) === after) return reading - after;
  // The clocks jump over the reading: by the new offset it lies before the jump, by the old one at or after it.
  return firstInstantWith(offsetAt, after, reading - after, reading - before);
}

/** The instant of the only change of offset between two instants, the earlier before it and the later not. */
function firstInstantWith(offsetAt: OffsetAt, offset: number, earlier: Instant, later: Instant): Instant {
  let low = earlier;
  let high = later;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle) === offset) high = middle;
    else low = middle;
  }
  return high;
}
