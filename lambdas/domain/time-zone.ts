import { IANAZone } from 'luxon';
import type { Instant } from './instant.ts';
import { timeZoneNames } from './time-zone-names.ts';

/** How far the clocks of a zone are ahead of UTC at an instant, in milliseconds. */
export type OffsetAt = (instant: Instant) => number;

const listed = new Set(timeZoneNames);

/** True for a name of the IANA database, links included, that the runtime knows too: it may be older than the list. */
export function isTimeZone(name: string): boolean {
  return listed.has(name) && IANAZone.create(name).isValid;
}

/**
 * The offsets of a time zone, after the time-zone data of the runtime.
 *
 * @param timeZone an IANA name, links included
 * @throws RangeError if the runtime does not know the zone; the function returned, for what is no instant
 */
export function offsetsOf(timeZone: string): OffsetAt {
  const zone = IANAZone.create(timeZone);
  if (!zone.isValid) throw new RangeError(`Unknown time zone ${JSON.stringify(timeZone)}`);
  return instant => {
    const minutes = zone.offset(instant);
    if (Number.isNaN(minutes)) throw new RangeError(`${instant} is no instant`);
    return minutes * 60_000;
  };
}
