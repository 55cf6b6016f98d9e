import { DateTime } from 'luxon';
import type { Instant } from '../../lambdas/domain/instant.ts';
import type { Window } from '../../lambdas/domain/window.ts';
import { readInstant } from '../../lambdas/domain/written-instant.ts';
import { CommandError } from './command-error.ts';

const minute = 60_000;

/** `2026-11-22 18:30`, on the clocks of a zone. */
export function localTime(instant: Instant, timeZone: string): string {
  return DateTime.fromMillis(instant, { zone: timeZone }).toFormat('yyyy-MM-dd HH:mm');
}

/** `2026-11-22 18:30 UTC` */
export function utcTime(instant: Instant): string {
  return `${localTime(instant, 'UTC')} UTC`;
}

/** `2026-11-22T18:30Z`, as an option takes it: without a space that a shell would part. */
export function utcWord(instant: Instant): string {
  return `${DateTime.fromMillis(instant, { zone: 'UTC' }).toFormat("yyyy-MM-dd'T'HH:mm")}Z`;
}

/** A window on the clocks of a zone, with the offset at its end: daylight saving makes the difference visible. */
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

/** A span of time in its two largest units: `< 1 min`, `12 min`, `3 h 5 min`, `2 d 4 h`. */
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

/** Why a lag is not told. */
export const lagUnknown = 'this local mode sends its ticks in a row, whatever the time of day';

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
 * An instant from the command line: `2026-11-22T18:30:00Z`, or a day, which stands for its midnight in UTC.
 * @throws CommandError `usage`
 */
export function parseInstant(text: string, what: string): Instant {
  const day = /^\d{4}-\d\d-\d\d$/.test(text);
  // As the commands themselves show it.
  const shown = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC$/.exec(text);
  if (shown !== null) return parseInstant(`${shown[1]}T${shown[2]}Z`, what);
  const instant = readInstant(day ? `${text}T00:00Z` : text);
  if (instant !== undefined) return instant;
  throw new CommandError(
    'usage',
    `${what}: expected an instant such as 2026-11-22T18:30Z, or a day such as 2026-11-22`,
  );
}
