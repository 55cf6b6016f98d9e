import { IANAZone } from 'luxon';
import type { Instant } from './instant.ts';
import { timeZoneDataOfList, timeZoneNames } from './time-zone-names.ts';

/** The offset of a zone from UTC at an instant, in milliseconds; positive if its clocks are ahead. */
export type OffsetAt = (instant: Instant) => number;

const listed = new Set(timeZoneNames);

/** True for a name of the IANA database, including links. The runtime must know it too: its data may be older. */
export function isTimeZone(name: string): boolean {
  return listed.has(name) && IANAZone.create(name).isValid;
}

/** A cache of offsets by zone and instant: computing one is slow, and all accounts of a zone need the same few. */
const knownOffsets = new Map<string, Map<Instant, number>>();
/** For each zone. There are some 600 zones, and a function has 512 MB. */
const mostKnown = 512;

/**
 * The offsets of a time zone, from the runtime's time-zone data.
 *
 * @param timeZone an IANA name, including links
 * @throws RangeError if the runtime does not know the zone. The returned function throws it for an invalid instant
 */
export function offsetsOf(timeZone: string): OffsetAt {
  const zone = IANAZone.create(timeZone);
  if (!zone.isValid) throw new RangeError(`Unknown time zone ${JSON.stringify(timeZone)}`);
  const known = knownOffsets.get(timeZone) ?? new Map<Instant, number>();
  knownOffsets.set(timeZone, known);
  return instant => {
    const remembered = known.get(instant);
    if (remembered !== undefined) return remembered;
    const minutes = zone.offset(instant);
    if (Number.isNaN(minutes)) throw new RangeError(`${instant} is no instant`);
    if (known.size >= mostKnown) known.clear();
    known.set(instant, minutes * 60_000);
    return minutes * 60_000;
  };
}

/**
 * Whether a version of the time-zone data (`2026c`) is older than the version of the release's list of zones. If so,
 * zones whose rules have changed since then have boundaries at the wrong hour.
 */
export function isOlderTimeZoneData(version: string): boolean {
  return timeZoneDataNumber(version) < timeZoneDataNumber(timeZoneDataOfList);
}

/** A version of the IANA database as a number that can be compared: 202603 for `2026c`; 0 if it is not a version. */
export function timeZoneDataNumber(version: string): number {
  const [, year, letter] = /^(\d{4})([a-z])/.exec(version) ?? [];
  return year === undefined || letter === undefined ? 0 : Number(year) * 100 + letter.charCodeAt(0) - 0x60;
}

/** The inverse of `timeZoneDataNumber`. */
export function timeZoneDataName(number: number): string {
  return `${Math.floor(number / 100)}${String.fromCharCode(0x60 + (number % 100))}`;
}
