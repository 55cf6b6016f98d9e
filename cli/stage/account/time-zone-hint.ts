import { distance } from 'fastest-levenshtein';
import { DateTime } from 'luxon';
import { timeZoneNames } from '../../../lambdas/domain/time-zone-names.ts';

/** Zones with many inhabitants, suggested if only an offset or an abbreviation is given. */
const places = [
  ...['America/Los_Angeles', 'America/Denver', 'America/Chicago', 'America/New_York', 'America/Halifax'],
  ...['America/Sao_Paulo', 'America/St_Johns', 'America/Anchorage', 'Pacific/Honolulu', 'America/Phoenix'],
  ...['Europe/London', 'Europe/Berlin', 'Europe/Athens', 'Europe/Istanbul', 'Africa/Lagos', 'Africa/Cairo'],
  ...['Africa/Johannesburg', 'Asia/Dubai', 'Asia/Tehran', 'Asia/Karachi', 'Asia/Kabul', 'Asia/Kolkata'],
  ...['Asia/Kathmandu', 'Asia/Dhaka', 'Asia/Yangon', 'Asia/Bangkok', 'Asia/Shanghai', 'Asia/Singapore'],
  ...['Asia/Tokyo', 'Asia/Seoul', 'Australia/Adelaide', 'Australia/Sydney', 'Pacific/Auckland'],
] as const;

/** Meanings of abbreviations, the most likely first; most are ambiguous. */
const abbreviations: Readonly<Record<string, readonly string[]>> = {
  AEST: ['Australia/Sydney', 'Australia/Brisbane'],
  AEDT: ['Australia/Sydney'],
  ACST: ['Australia/Adelaide', 'Australia/Darwin'],
  AST: ['America/Halifax', 'Asia/Riyadh'],
  AWST: ['Australia/Perth'],
  BRT: ['America/Sao_Paulo'],
  BST: ['Europe/London', 'Asia/Dhaka'],
  CDT: ['America/Chicago', 'America/Havana'],
  CEST: ['Europe/Berlin', 'Europe/Paris'],
  CST: ['America/Chicago', 'Asia/Shanghai', 'America/Havana'],
  EDT: ['America/New_York', 'America/Toronto'],
  EEST: ['Europe/Athens', 'Europe/Helsinki'],
  EST: ['America/New_York', 'America/Toronto'],
  GST: ['Asia/Dubai'],
  HKT: ['Asia/Hong_Kong'],
  IST: ['Asia/Kolkata', 'Europe/Dublin', 'Asia/Jerusalem'],
  JST: ['Asia/Tokyo'],
  KST: ['Asia/Seoul'],
  MDT: ['America/Denver'],
  MSK: ['Europe/Moscow'],
  MST: ['America/Denver', 'America/Phoenix'],
  NZDT: ['Pacific/Auckland'],
  NZST: ['Pacific/Auckland'],
  PDT: ['America/Los_Angeles'],
  PKT: ['Asia/Karachi'],
  PST: ['America/Los_Angeles', 'Asia/Manila'],
  SAST: ['Africa/Johannesburg'],
  SGT: ['Asia/Singapore'],
  WEST: ['Europe/Lisbon'],
};

/** A suggestion for a text that is not a time zone; `undefined` if there is none. */
export function timeZoneHint(given: string): string | undefined {
  const offset = offsetIn(given);
  if (offset !== undefined)
    return `an offset is not a time zone, because it has no daylight saving: name a place${orThese(placesAt(offset))}`;
  const meant = abbreviations[given.trim().toUpperCase()];
  if (meant !== undefined)
    return `an abbreviation is not a time zone, because most are ambiguous: name a place${orThese(meant)}`;
  if (/ (standard|daylight|summer) time$/i.test(given.trim()))
    return 'this is a Windows name or the name of an offset: name a place, such as Europe/Berlin';
  const nearest = nearestTimeZone(given);
  return nearest === undefined ? undefined : `did you mean ${nearest}?`;
}

/** Warnings about names that are valid but usually a mistake. */
export function timeZoneWarnings(timeZone: string): string[] {
  const posix = /^(?:Etc\/)?GMT([+-])(\d{1,2})$/.exec(timeZone);
  const hours = Number(posix?.[2] ?? 0);
  if (posix !== null && hours !== 0) {
    const sign = posix[1] === '+' ? '-' : '+';
    return [
      `${timeZone} is UTC${sign}${hours}: the sign in such names is inverted, and they have no daylight saving${orThese(placesAt((sign === '+' ? 60 : -60) * hours))}`,
    ];
  }
  const named = /^(EST|MST|HST)$/.test(timeZone) ? abbreviations[timeZone] : undefined;
  return named === undefined
    ? []
    : [
        `${timeZone} never has daylight saving. For the local time of a place, name the place${orThese(named)}`,
      ];
}

/** Minutes east of UTC, as people write them (`GMT+5`, `UTC-8`, `+05:30`, `UTC+0530`); `undefined` of anything else. */
function offsetIn(given: string): number | undefined {
  const [, sign = '', hours = '', minutes = '0'] =
    /^(?:etc\/)?(?:gmt|utc|ut|z)?\s*([+\u2212-])\s*(\d{1,2})(?::?(\d{2}))?$/i.exec(given.trim()) ?? [];
  const unsigned = /^(?:etc\/)?(?:gmt|utc|ut)\s*(\d{1,2})(?::?(\d{2}))?$/i.exec(given.trim());
  if (unsigned !== null) return 60 * Number(unsigned[1]) + Number(unsigned[2] ?? 0);
  if (hours === '') return undefined;
  return (sign === '+' ? 1 : -1) * (60 * Number(hours) + Number(minutes));
}

/** Places with this offset in winter or summer. */
function placesAt(offset: number): string[] {
  return places
    .filter(zone => [1, 7].some(month => DateTime.utc(2026, month, 1).setZone(zone).offset === offset))
    .slice(0, 3);
}

function orThese(zones: readonly string[]): string {
  return zones.length === 0 ? '' : `, such as ${zones.join(' or ')}`;
}

/** The time zone whose name differs from the text in a few letters only; a city counts as its zone. */
export function nearestTimeZone(given: string): string | undefined {
  const wanted = given.toLowerCase().replaceAll(' ', '_');
  const furthest = Math.min(wanted.length / 3, 3);
  let nearest: { readonly name: string; readonly letters: number } | undefined;
  for (const name of timeZoneNames) {
    // Zones named by an offset are not suggested: one letter changes the offset, and their signs are inverted.
    if (/[+-]?\d+$/.test(name)) continue;
    const spelled = name.toLowerCase();
    const known = wanted.includes('/') ? spelled : (spelled.split('/').at(-1) ?? spelled);
    if (Math.abs(known.length - wanted.length) > furthest) continue;
    const letters = distance(wanted, known);
    if (letters <= furthest && letters < (nearest?.letters ?? Number.POSITIVE_INFINITY))
      nearest = { name, letters };
  }
  return nearest?.name;
}
