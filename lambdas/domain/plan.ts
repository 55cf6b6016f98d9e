import type { Account, Schedule } from './account.ts';
import { type Cursor, canHaveCreated, type Intent, type StopReason } from './cursor.ts';
import type { Instant } from './instant.ts';
import { type PartLimits, placeName, placeOf, recipeOf } from './recipe.ts';
import { boundariesAfter, boundaryAtOrBefore, nextBoundary, type Window } from './window.ts';

/** What an exporter does next for an account. */
export type Step =
  /** Every window up to the tick is delivered. */
  | { readonly kind: 'done' }
  /** A window is owed by time, but the account is paused or its add-on has expired. */
  | { readonly kind: 'stopped'; readonly reason: StopReason }
  /** Write this file. */
  | { readonly kind: 'deliver'; readonly intent: Intent };

/**
 * Where an account's export begins, as `exportedThrough` of its first cursor: the start of the window that contains
 * `exportFrom`; without it, the start of the window that ended at the last boundary up to the tick.
 */
export function firstPosition(schedule: Schedule, tick: Instant): Instant {
  const { timeZone, exportFrom } = schedule;
  if (exportFrom !== undefined) return boundaryAtOrBefore(timeZone, exportFrom);
  return boundaryAtOrBefore(timeZone, boundaryAtOrBefore(timeZone, tick) - 1);
}

/**
 * The next step at a tick. The windows follow from the cursor in the account's present time zone, oldest first, so a
 * changed zone continues where the old one ended. A file that was begun is finished as it was begun, except that it
 * goes to the account's present destination, and is cut shorter if it took too long.
 */
export function nextStep(account: Account, cursor: Cursor, tick: Instant, limits: PartLimits): Step {
  const intent = resumedIntent(account, cursor, limits) ?? firstPart(account, cursor, limits);
  if (intent.window.end > tick) return { kind: 'done' };
  const { status, addOnExpiresAt } = account;
  if (addOnExpiresAt !== undefined && intent.window.end > addOnExpiresAt)
    return { kind: 'stopped', reason: 'expired' };
  if (status === 'paused') return { kind: 'stopped', reason: 'paused' };
  return { kind: 'deliver', intent };
}

/** The intent after a part: the window's next part, or none when it was the last. */
export function followingPart(intent: Intent, lastSortKey: string): Intent {
  return { ...intent, part: intent.part + 1, after: lastSortKey };
}

/** The windows of a time zone after an instant that end at or before another, oldest first. */
export function* windowsAfter(timeZone: string, after: Instant, upTo: Instant): Generator<Window> {
  let start = after;
  for (const end of boundariesAfter(timeZone, after, upTo)) {
    yield { start, end };
    start = end;
  }
}

function firstPart(account: Account, { exportedThrough }: Cursor, limits: PartLimits): Intent {
  const window = { start: exportedThrough, end: nextBoundary(account.timeZone, exportedThrough) };
  return { window, part: 1, recipe: recipeOf(account, limits) };
}

/** The cursor's intent as it holds today; the very same object if nothing about it has changed. */
function resumedIntent(account: Account, cursor: Cursor, limits: PartLimits): Intent | undefined {
  const { intent } = cursor;
  if (!intent) return undefined;
  const { recipe } = intent;
  const place = placeOf(account.destination);
  const partBytes = sizeInTime(recipe.partBytes, placeName(place), cursor, limits);
  if (placeName(place) === placeName(recipe.place) && partBytes === recipe.partBytes) return intent;
  return { ...intent, recipe: { ...recipe, place, partBytes } };
}

/** A file that cannot be finished in time is halved again and again, but not to more than 64 of the usual size. */
const mostShares = 64;

/**
 * How large a file may be that is to be finished in one invocation: half as large as the one that was not, and no
 * larger than files are now. Where an attempt may have created the file, it keeps that attempt's size: the object that is
 * found there later would end at another row than the one that is committed, and the rows between would be lost.
 */
function sizeInTime(
  partBytes: number,
  place: string,
  { attempts, tooLargeBytes = Number.POSITIVE_INFINITY }: Cursor,
  limits: PartLimits,
): number {
  const leftover = attempts.find(attempt => attempt.place === place && canHaveCreated(attempt));
  if (leftover) return leftover.partBytes;
  const least = Math.ceil(limits.partBytes / mostShares);
  // An attempt that was killed while it sent the file has recorded no failure; the lease that it left is all that tells.
  const wasKilled = attempts.some(attempt => attempt.partBytes === partBytes && attempt.lease !== undefined);
  const tookTooLong = partBytes >= tooLargeBytes || wasKilled;
  const halved = tookTooLong ? Math.max(Math.floor(partBytes / 2), least) : partBytes;
  return Math.min(halved, partBytes, limits.partBytes);
}
