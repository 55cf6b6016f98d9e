import { IANAZone } from 'luxon';
import type { Instant } from './instant.ts';
import { timeZoneDataOfList, timeZoneNames } from './time-zone-names.ts';

/** How far the clocks of a zone are ahead of UTC at an instant, in milliseconds. */
export type OffsetAt = (instant: Instant) => number;

const listed = new Set(timeZoneNames);

/** True for a name of the IANA database, links included, that the runtime knows too: it may be older than the list. */
export function isTimeZone(name: string): boolean {
  return listed.has(name) && IANAZone.create(name).isValid;
}

/** Offsets by zone and instant. The library formats a date for each, and accounts of a zone ask for the same few. */
const knownOffsets = new Map<string, Map<Instant, number>>();
const mostKnown = 4096;

/**
 * The offsets of a time zone, after the time-zone data of the runtime.
 *
 * @param timeZone an IANA name, links included
 * @throws RangeError if the runtime does not know the zone; the function returned, for what is no instant
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
 * Whether time-zone data of a version (`2026c`) are older than those that the release's list of zones is of. A zone whose
 * rules have changed since then has its boundaries at the wrong hour.
 */
export function isOlderTimeZoneData(version: string): boolean {
  return timeZoneDataNumber(version) < timeZoneDataNumber(timeZoneDataOfList);
}

/** A version of the IANA database as a number that grows with it: 202603 for `2026c`; 0 if it is no version. */
export function timeZoneDataNumber(version: string): number {
  const [, year, letter] = /^(\d{4})([a-z])/.exec(version) ?? [];
  return year === undefined || letter === undefined ? 0 : Number(year) * 100 + letter.charCodeAt(0) - 0x60;
}

/** The version that such a number stands for. */
export function timeZoneDataName(number: number): string {
  return `${Math.floor(number / 100)}${String.fromCharCode(0x60 + (number % 100))}`;
}
