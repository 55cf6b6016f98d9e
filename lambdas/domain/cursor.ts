import type { FailureCode } from './failure.ts';
import type { Instant } from './instant.ts';
import type { Recipe } from './recipe.ts';
import type { Window } from './window.ts';

/** How far an account's export has come: the one item of the ledger that decides what is done next. */
export interface Cursor {
  /** Every window that ends at or before this instant is delivered. */
  readonly exportedThrough: Instant;
  /** Counts the changes of position and intent; who holds an older one can neither commit nor begin to create. */
  readonly version: number;
  /** Names the write that made the cursor as it is: whoever begins must have seen everything. */
  readonly lastWrite: string;
  /** The file being made, from before its upload begins until it is committed. */
  readonly intent?: Intent | undefined;
  /** Attempts at the intent's position whose outcome is unknown; see `Attempt`. */
  readonly attempts: readonly Attempt[];
  /** When the last file was committed; absent before the first one. */
  readonly deliveredAt?: Instant | undefined;
  /** Where the last file went, as `placeName` writes it. */
  readonly deliveredTo?: string | undefined;
  /** Failures since the last delivered file. */
  readonly failures: number;
  /** When the first of these failures was; absent if there are none. */
  readonly failingSince?: Instant | undefined;
  readonly lastError?:
    | { readonly code: FailureCode; readonly message: string; readonly at: Instant }
    | undefined;
  /** At this size the intent's file could not be finished in one invocation. */
  readonly tooLargeBytes?: number | undefined;
  /** Why nothing is exported at present, once that has been announced. */
  readonly stopped?: StopReason | undefined;
  /** Every window that ends at or before this instant has been counted again; absent where none ever was. */
  readonly recountedThrough?: Instant | undefined;
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
 * One try at an upload: noted before its first request, struck out when it certainly wrote nothing. If an object "already
 * exists", another attempt at the same place tells that it can be ours.
 */
export interface Attempt {
  /** No other attempt has it. */
  readonly token: string;
  /** Where the upload goes, as `placeName` writes it. */
  readonly place: string;
  /** The size that the file is cut at: what the attempt created has it. */
  readonly partBytes: number;
  readonly startedAt: Instant;
  /** Absent once the attempt has ended. */
  readonly lease?: Lease | undefined;
  /** How far the upload has come. */
  readonly step: UploadStep;
}

/** While it lasts, others leave the account alone. It only saves work: nothing that is right or wrong rests on it. */
export interface Lease {
  /** The id of the queue's message that the exporter works on; the message is never out twice while an invocation lasts. */
  readonly messageId: string;
  /** The end of the invocation. */
  readonly until: Instant;
}

/** `staging`: no request that creates the object was sent. `creating`: it may have been. */
export type UploadStep = 'staging' | 'creating';

/** True if the attempt may have sent the request that creates the object: files keep its size then. */
export function canHaveCreated({ step }: Attempt): boolean {
  return step === 'creating';
}

/** True if an attempt other than this one may have created the same object. */
export function mayHaveBeenWritten(attempts: readonly Attempt[], mine: Omit<Attempt, 'step'>): boolean {
  return attempts.some(
    other => isAtSamePlace(other, mine) && canHaveCreated(other) && other.partBytes === mine.partBytes,
  );
}

/**
 * Until when the exporter of another message is at work on the account; `undefined` if none is.
 *
 * @param messageId of the message that is worked on, if one is
 */
export function leasedToAnother(
  { attempts }: Cursor,
  messageId: string | undefined,
  now: Instant,
): Instant | undefined {
  const ends = attempts.flatMap(({ lease }) => (lease && lease.messageId !== messageId ? lease.until : []));
  const last = Math.max(...ends);
  return last > now ? last : undefined;
}

/**
 * As many attempts as this at one place, none of them struck out, tell all there is to tell: for a further one the oldest
 * is forgotten. A destination that cannot be reached for weeks would make the cursor too large for its table.
 */
const mostAttemptsAtPlace = 20;

/** The attempts that stand in the cursor when one begins: itself, and the others that can have created an object. */
export function attemptsWith(attempts: readonly Attempt[], mine: Attempt): readonly Attempt[] {
  const others = attempts.filter(other => other.token !== mine.token && canHaveCreated(other));
  const here = others.filter(other => isAtSamePlace(other, mine));
  const byAge = here.toSorted((one, other) => one.startedAt - other.startedAt);
  const forgotten = new Set(byAge.slice(0, Math.max(here.length - mostAttemptsAtPlace + 1, 0)));
  return [...others.filter(other => !forgotten.has(other)), mine];
}

function isAtSamePlace(one: Attempt, other: Omit<Attempt, 'step'>): boolean {
  return one.token !== other.token && one.place === other.place;
}
