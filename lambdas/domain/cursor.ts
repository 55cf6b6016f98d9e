import type { FailureCode } from './failure.ts';
import type { Instant } from './instant.ts';
import type { Recipe } from './recipe.ts';
import type { Window } from './window.ts';

/** How far an account is exported. This item of the ledger alone decides what is exported next. */
export interface Cursor {
  /** Every window that ends at or before this instant is delivered. */
  readonly exportedThrough: Instant;
  /** Counts the changes of position and intent. An attempt with an older version can neither commit nor create. */
  readonly version: number;
  /** Names the last write. An attempt can begin only if no write has happened since it read the cursor. */
  readonly lastWrite: string;
  /** The file that is being delivered. Set before its upload begins, and until it is committed. */
  readonly intent?: Intent | undefined;
  /** Attempts to deliver the intent's file whose outcome is unknown; see `Attempt`. */
  readonly attempts: readonly Attempt[];
  /** When the last file was committed; absent before the first file. */
  readonly deliveredAt?: Instant | undefined;
  /** When the bucket last accepted an object; absent before the first. */
  readonly acceptedAt?: Instant | undefined;
  /** The place of the last file, in the form of `placeName`. */
  readonly deliveredTo?: string | undefined;
  /** Failures since the last delivered file. */
  readonly failures: number;
  /** When the first of these failures happened; absent if there are none. */
  readonly failingSince?: Instant | undefined;
  readonly lastError?:
    | { readonly code: FailureCode; readonly message: string; readonly at: Instant }
    | undefined;
  /** A part size with which the intent's file could not be finished in one invocation. */
  readonly tooLargeBytes?: number | undefined;
  /** Why nothing is exported at present. Set once the event about it was sent. */
  readonly stopped?: StopReason | undefined;
  /** Every window that ends at or before this instant was counted again; absent if none was. */
  readonly recountedThrough?: Instant | undefined;
}

export type StopReason = 'paused' | 'expired';

/** The next file to deliver, and how to make it. */
export interface Intent {
  readonly window: Window;
  /** 1 for the window's first file. */
  readonly part: number;
  /** The sort key of the last row of the previous part; absent for the first part. */
  readonly after?: string | undefined;
  readonly recipe: Recipe;
}

/**
 * One try to upload a file. It is stored in the cursor before its first request, and removed when it certainly wrote
 * nothing. If a later try finds that the object already exists, the remaining attempts tell whether it can be ours.
 */
export interface Attempt {
  /** Unique to this attempt. */
  readonly token: string;
  /** The place of the upload, in the form of `placeName`. */
  readonly place: string;
  /** The size at which the file is cut; an object created by this attempt was cut at it. */
  readonly partBytes: number;
  readonly startedAt: Instant;
  /** Absent once the attempt has ended. */
  readonly lease?: Lease | undefined;
  /** How far the upload has come. */
  readonly step: UploadStep;
}

/** Until it ends, other exporters skip the account. This only saves work: correctness does not depend on it. */
export interface Lease {
  /** The id of the exporter's message. SQS rarely delivers this message again during the invocation. */
  readonly messageId: string;
  /** The end of the invocation. */
  readonly until: Instant;
}

/** `staging`: the request that creates the object was not sent. `creating`: it may have been sent. */
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
 * Until when the exporter of another message has a lease for the account; `undefined` if none has.
 *
 * @param messageId the caller's own message, if it has one
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
 * The most attempts at one place that the cursor keeps; for a further one the oldest is dropped. Without a limit, a
 * destination that is unreachable for weeks would make the cursor larger than DynamoDB allows.
 */
const mostAttemptsAtPlace = 20;

/**
 * The attempts to store in the cursor when `mine` begins: `mine`, the others that can have created the object, and those
 * that are still staging the same file. If those were removed, two exporters with copies of one message would remove each
 * other's attempt in turn, and neither would finish.
 */
export function attemptsWith(attempts: readonly Attempt[], mine: Attempt): readonly Attempt[] {
  const others = attempts.filter(
    other => other.token !== mine.token && (canHaveCreated(other) || isStagingSameFile(other, mine)),
  );
  const here = others.filter(other => isAtSamePlace(other, mine));
  const byAge = here.toSorted((one, other) => one.startedAt - other.startedAt);
  const dropped = new Set(byAge.slice(0, Math.max(here.length - mostAttemptsAtPlace + 1, 0)));
  return [...others.filter(other => !dropped.has(other)), mine];
}

function isStagingSameFile({ lease, ...other }: Attempt, mine: Attempt): boolean {
  const isAlive = lease !== undefined && lease.until > mine.startedAt;
  return isAlive && isAtSamePlace(other, mine) && other.partBytes === mine.partBytes;
}

function isAtSamePlace(one: Attempt, other: Omit<Attempt, 'step'>): boolean {
  return one.token !== other.token && one.place === other.place;
}
