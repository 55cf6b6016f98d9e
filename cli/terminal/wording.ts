import { DateTime } from 'luxon';
import type { Instant } from '../../lambdas/domain/instant.ts';
import type { Window } from '../../lambdas/domain/window.ts';
import { readInstant } from '../../lambdas/domain/written-instant.ts';
import { CommandError } from './command-error.ts';

const minute = 60_000;

/** `2026-11-22 18:30`, in local time of a zone. */
export function localTime(instant: Instant, timeZone: string): string {
  return DateTime.fromMillis(instant, { zone: timeZone }).toFormat('yyyy-MM-dd HH:mm');
}

/** `2026-11-22 18:30 UTC` */
export function utcTime(instant: Instant): string {
  return `${localTime(instant, 'UTC')} UTC`;
}

/** `2026-11-22T18:30Z`: the form that options take, without a space, which would split the argument in a shell. */
export function utcWord(instant: Instant): string {
  return `${DateTime.fromMillis(instant, { zone: 'UTC' }).toFormat("yyyy-MM-dd'T'HH:mm")}Z`;
}

/**
 * A window in local time of a zone, with the offset at its end, so that a change to or from daylight saving is
 * visible.
 */
export function localWindow(window: Window, timeZone: string): string {
  const offset = DateTime.fromMillis(window.end, { zone: timeZone }).toFormat('ZZ');
  return `${fromTo(window, timeZone)} (${offset})`;
}

/** `2026-11-22 14:30 to 18:30 UTC` */
export function utcWindow(window: Window): string {
  return `${fromTo(window, 'UTC')} UTC`;
}

function fromTo({ start, end }: Window, timeZone: string): string {
  const last = DateTime.fromMillis(end, { zone: timeZone });
  const first = DateTime.fromMillis(start, { zone: timeZone });
  const until = last.toFormat(first.hasSame(last, 'day') ? 'HH:mm' : 'yyyy-MM-dd HH:mm');
  return `${first.toFormat('yyyy-MM-dd HH:mm')} to ${until}`;
}

/** A duration in its two largest units: `< 1 min`, `12 min`, `3 h 5 min`, `2 d 4 h`. */
export function span(milliseconds: number): string {
  const minutes = Math.floor(Math.max(milliseconds, 0) / minute);
  if (minutes < 1) return '< 1 min';
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  const units = [
    [days, 'd'],
    [hours, 'h'],
    [rest, 'min'],
  ] as const;
  const largest = units.findIndex(([count]) => count > 0);
  return units
    .slice(largest, largest + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** Why no lag is shown. */
export const lagUnknown = 'this local mode sends ticks one after the other, regardless of the clock';

export function count(number: number): string {
  return number.toLocaleString('en-US');
}

export function counted(number: number, noun: string, plural = `${noun}s`): string {
  return `${count(number)} ${number === 1 ? noun : plural}`;
}

/** `1.2 MB`: decimal units, as the clouds bill. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${units[power]}`;
}

/**
 * Parses an instant from the command line: `2026-11-22T18:30:00Z`, or a day, which means its midnight in UTC.
 * @throws CommandError `usage`
 */
export function parseInstant(text: string, what: string): Instant {
  const day = /^\d{4}-\d\d-\d\d$/.test(text);
  // The form that the commands print.
  const shown = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC$/.exec(text);
  if (shown !== null) return parseInstant(`${shown[1]}T${shown[2]}Z`, what);
  const instant = readInstant(day ? `${text}T00:00Z` : text);
  if (instant !== undefined) return instant;
  throw new CommandError(
    'usage',
    `${what}: expected an instant such as 2026-11-22T18:30Z, or a day such as 2026-11-22`,
  );
}
