import type { Account, Schedule } from './account.ts';
import { type Cursor, canHaveCreated, type Intent, type StopReason } from './cursor.ts';
import type { Instant } from './instant.ts';
import { placeName, placeOf, type RecipeSettings, recipeOf, usualPartBytes } from './recipe.ts';
import { boundariesAfter, boundaryAtOrBefore, nextBoundary, type Window } from './window.ts';

/** The next step for an account. */
export type Step =
  /** Every window up to the tick is delivered. */
  | { readonly kind: 'done' }
  /** A window has ended, but the account is paused or its add-on has expired. */
  | { readonly kind: 'stopped'; readonly reason: StopReason }
  /** The next file must be delivered. */
  | { readonly kind: 'deliver'; readonly intent: Intent };

/**
 * The first `exportedThrough` of an account: the start of the window that contains `exportFrom`. Without `exportFrom`,
 * the start of the window that ended at the last boundary at or before the tick.
 */
export function firstPosition(schedule: Schedule, tick: Instant): Instant {
  const { timeZone, exportFrom } = schedule;
  if (exportFrom !== undefined) return boundaryAtOrBefore(timeZone, exportFrom);
  return boundaryAtOrBefore(timeZone, boundaryAtOrBefore(timeZone, tick) - 1);
}

/**
 * The next step at a tick. Windows are delivered oldest first, from the cursor on, in the account's current time zone;
 * so after a change of the zone the windows continue without a gap. A file that was begun keeps its recipe, with three
 * exceptions: it goes to the account's current destination, it is cut shorter if it took too long, and its OCSF events are
 * made with the current mapping, because an earlier one is not kept.
 */
export function nextStep(
  account: Account,
  cursor: Cursor,
  { tick, now }: { readonly tick: Instant; readonly now: Instant },
  limits: RecipeSettings,
): Step {
  const intent = resumedIntent(account, cursor, now, limits) ?? firstPart(account, cursor, limits);
  if (intent.window.end > tick) return { kind: 'done' };
  const { status, addOnExpiresAt } = account;
  if (addOnExpiresAt !== undefined && intent.window.end > addOnExpiresAt)
    return { kind: 'stopped', reason: 'expired' };
  if (status === 'paused') return { kind: 'stopped', reason: 'paused' };
  return { kind: 'deliver', intent };
}

/** The intent for the next part of the same window. */
export function followingPart(intent: Intent, lastSortKey: string): Intent {
  return { ...intent, part: intent.part + 1, after: lastSortKey };
}

/** The windows of a time zone from `after` on that end at or before `upTo`, oldest first. */
export function* windowsAfter(timeZone: string, after: Instant, upTo: Instant): Generator<Window> {
  let start = after;
  for (const end of boundariesAfter(timeZone, after, upTo)) {
    yield { start, end };
    start = end;
  }
}

function firstPart(account: Account, { exportedThrough }: Cursor, limits: RecipeSettings): Intent {
  const window = { start: exportedThrough, end: nextBoundary(account.timeZone, exportedThrough) };
  return { window, part: 1, recipe: recipeOf(account, limits) };
}

/** The cursor's intent with the current destination and size. Returns the same object if nothing has changed. */
function resumedIntent(
  account: Account,
  cursor: Cursor,
  now: Instant,
  limits: RecipeSettings,
): Intent | undefined {
  const { intent } = cursor;
  if (!intent) return undefined;
  const { recipe } = intent;
  const place = placeOf(account.destination);
  const usual = usualPartBytes(recipe.format, limits.partBytes);
  const partBytes = sizeInTime(recipe.partBytes, placeName(place), now, cursor, usual);
  const mapping = recipe.mapping && limits.mapping;
  const isSame = partBytes === recipe.partBytes && mapping === recipe.mapping;
  if (isSame && placeName(place) === placeName(recipe.place)) return intent;
  return { ...intent, recipe: { ...recipe, place, partBytes, mapping } };
}

/** A file that cannot be finished in time is halved repeatedly, down to the usual size divided by this. */
const mostShares = 64;

/**
 * The size of the next file, so that one invocation can finish it: half the size of a file that could not be finished,
 * and at most the usual size. If an attempt may have created the object, that attempt's size must be kept: otherwise
 * the existing object could end at another row than the committed file, and the rows in between would be lost.
 */
function sizeInTime(
  partBytes: number,
  place: string,
  now: Instant,
  { attempts, tooLargeBytes = Number.POSITIVE_INFINITY }: Cursor,
  usual: number,
): number {
  const leftover = attempts.find(attempt => attempt.place === place && canHaveCreated(attempt));
  if (leftover) return leftover.partBytes;
  const least = Math.ceil(usual / mostShares);
  // An attempt that was killed during its upload has recorded no failure. Only its lease, which is over, shows that.
  const wasKilled = attempts.some(
    ({ partBytes: tried, lease }) => tried === partBytes && lease !== undefined && lease.until <= now,
  );
  const tookTooLong = partBytes >= tooLargeBytes || wasKilled;
  const halved = tookTooLong ? Math.max(Math.floor(partBytes / 2), least) : partBytes;
  return Math.min(halved, partBytes, usual);
}
