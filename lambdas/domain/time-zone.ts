import type { Instant } from './instant.ts';

/** How far the clocks of a zone are ahead of UTC at an instant, in milliseconds. */
export type OffsetAt = (instant: Instant) => number;

/** Making a format costs a hundred times what using it does, and a tick asks every zone. */
const offsets = new Map<string, OffsetAt>();

/**
 * The offsets of a time zone, after the time-zone data of the runtime.
 *
 * @param timeZone an IANA name, links included
 * @throws RangeError if the runtime does not know the zone; the function returned, for what is no instant
 */
export function offsetsOf(timeZone: string): OffsetAt {
  const known = offsets.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const offsetAt: OffsetAt = instant => parseOffset(format.format(instant));
  offsets.set(timeZone, offsetAt);
  return offsetAt;
}

/** The offset at the end of a text such as `11/22/2026, GMT+05:30`; UTC itself is a bare `GMT`. */
function parseOffset(text: string): number {
  const [, sign, hours, minutes, seconds = '0'] = /([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(text) ?? [];
  const milliseconds = (Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -milliseconds : milliseconds;
}
