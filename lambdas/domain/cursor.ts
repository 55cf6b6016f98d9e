import type { FailureCode } from './failure.ts';
import type { Instant } from './instant.ts';
import type { Recipe } from './recipe.ts';
import type { Window } from './window.ts';

/** How far an account's export has come: the one item of the ledger that decides what is done next. */
export interface Cursor {
  /** Every window that ends at or before this instant is delivered. */
  readonly exportedThrough: Instant;
  /** Counts the changes of position and intent; every write to the cursor is conditional on it. */
  readonly version: number;
  /** The file being made, from before its upload begins until it is committed. */
  readonly intent?: Intent | undefined;
  /** Attempts at the intent's position whose outcome is unknown; see `Attempt`. */
  readonly attempts: readonly Attempt[];
  /** Failures since the last delivered file. */
  readonly failures: number;
  readonly lastError?:
    | { readonly code: FailureCode; readonly message: string; readonly at: Instant }
    | undefined;
  /** Why nothing is exported at present, once that has been announced. */
  readonly stopped?: StopReason | undefined;
}

export type StopReason = 'paused' | 'expired';

/** The file that is to be written next, and how. */
export interface Intent {
  readonly window: Window;
  /** 1 for the window's first file. */
  readonly part: number;
  /** The sort key of the last row of the part before; absent for the first part. */
  readonly after?: string | undefined;
  readonly recipe: Recipe;
}

/**
 * One try at an upload, `<token> <place>`: noted before it begins, struck out when it certainly wrote nothing. If an
 * object "already exists", another attempt at the same place tells that it can be ours.
 */
export type Attempt = `${string} ${string}`;

export function attemptAt(placeName: string, token: string): Attempt {
  return `${token} ${placeName}`;
}

/** True if an attempt other than this one may have written to the same place. */
export function mayHaveBeenWritten(attempts: readonly Attempt[], mine: Attempt): boolean {
  return othersAtPlace(attempts, mine) > 0;
}

/**
 * As many attempts as this at one place, none of them struck out, tell all there is to tell. Further ones are not noted:
 * a destination that cannot be reached for weeks would make the cursor too large for its table.
 */
const mostAttemptsAtPlace = 20;

/** True if the attempt has to stand in the cursor before its upload begins. */
export function isWorthNoting(attempts: readonly Attempt[], mine: Attempt): boolean {
  return othersAtPlace(attempts, mine) < mostAttemptsAtPlace;
}

function othersAtPlace(attempts: readonly Attempt[], mine: Attempt): number {
  const place = placeOfAttempt(mine);
  return attempts.filter(attempt => attempt !== mine && placeOfAttempt(attempt) === place).length;
}

function placeOfAttempt(attempt: Attempt): string {
  return attempt.slice(attempt.indexOf(' ') + 1);
}
