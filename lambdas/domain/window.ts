import type { Instant } from './instant.ts';
import { type OffsetAt, offsetsOf } from './time-zone.ts';

/** The time from one boundary to the next, whose rows are delivered together. `end` is exclusive. */
export interface Window {
  readonly start: Instant;
  readonly end: Instant;
}

const hour = 3_600_000;
const windowHours = 4;

/** Larger than any zone's offset: this long before or after a wall-clock reading as UTC, no zone shows that reading. */
const widestOffset = 16 * hour;

/**
 * The boundaries of a zone later than `after` and up to `upTo` (inclusive), in order.
 *
 * A boundary is the first instant at which the zone's clocks show 00, 04, 08, 12, 16 or 20 o'clock or later. If
 * daylight saving time removes that reading, the boundary is the instant of the jump; if it repeats the reading, the
 * first occurrence. Boundaries are computed one at a time, so a caller can stop at any point of a long history.
 *
 * @param timeZone an IANA name, including links
 * @throws RangeError if the runtime does not know the zone, or `after` is not an instant
 */
export function* boundariesAfter(timeZone: string, after: Instant, upTo: Instant): Generator<Instant> {
  const offsetAt = offsetsOf(timeZone);
  const step = windowHours * hour;
  let previous = after;
  // Readings are local times, represented as if they were UTC. The search starts with the first one
  // later than the reading at `after`.
  const shown = after + offsetAt(after);
  for (let reading = (Math.floor(shown / step) + 1) * step; ; reading += step) {
    const boundary = firstInstantShowing(offsetAt, reading);
    if (boundary > upTo) return;
    // Several skipped readings have the same boundary, the jump, which is yielded once. A repeated reading's boundary
    // may not be later than `after`.
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
  // A zone can skip or repeat a whole day, so the last boundary may be almost 28 hours ago.
  let latest: Instant | undefined;
  for (const boundary of boundariesAfter(timeZone, instant - 48 * hour, instant)) latest = boundary;
  if (latest === undefined)
    throw new RangeError(`No boundary of ${timeZone} in the two days before ${instant}`);
  return latest;
}

/** True if the zone has a boundary later than `after` and not later than `upTo`. */
export function crossedBoundary(timeZone: string, after: Instant, upTo: Instant): boolean {
  return !boundariesAfter(timeZone, after, upTo).next().done;
}

/**
 * The first instant at which the zone's clocks show the reading or a later one.
 *
 * Assumes that a zone changes its offset at most once within twice `widestOffset`. Since 2000 every zone has kept each
 * offset for at least a week.
 */
function firstInstantShowing(offsetAt: OffsetAt, reading: number): Instant {
  const before = offsetAt(reading - widestOffset);
  const after = offsetAt(reading + widestOffset);
  if (before === after) return reading - before;
  if (offsetAt(reading - before) === before) return reading - before;
  if (offsetAt(reading - after) === after) return reading - after;
  // The clocks skip the reading: with the new offset it is before the jump, with the old offset at or after it.
  return firstInstantWith(offsetAt, after, reading - after, reading - before);
}

/** The first instant with this offset. `earlier` must be before the change of the offset, `later` must not. */
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
