import type { Account } from './account.ts';
import { type Cursor, leasedToAnother } from './cursor.ts';
import { type FailureCode, failureCodes } from './failure.ts';
import type { Instant } from './instant.ts';
import { nextBoundary } from './window.ts';

/** A file may take this long after its window has settled, and a backlog's next file after the one before. */
export const patience = 2 * 3_600_000;

/** What is wrong with an account's export. `failing`: an error says why; `behind`: none does. */
export type Trouble = {
  /** When it began to count as trouble. */
  readonly since: Instant;
} & (
  | { readonly kind: 'failing'; readonly code: FailureCode; readonly message: string }
  | { readonly kind: 'behind' }
);

/** The end of the oldest window that is not delivered, if the account is owed it. */
export function owedEnd({ timeZone, addOnExpiresAt }: Account, cursor: Cursor): Instant | undefined {
  const end = cursor.intent?.window.end ?? nextBoundary(timeZone, cursor.exportedThrough);
  return addOnExpiresAt === undefined || end <= addOnExpiresAt ? end : undefined;
}

/**
 * An error that needs a person counts at once. One that is retried counts when it has made the account late.
 *
 * @param settle how long after its end a window is read, in milliseconds
 */
export function troubleOf(
  account: Account,
  cursor: Cursor,
  now: Instant,
  settle: number,
): Trouble | undefined {
  const end = owedEnd(account, cursor);
  if (end === undefined || cursor.stopped !== undefined) return undefined;
  const { failures, lastError, failingSince } = cursor;
  const failure = failures > 0 ? lastError : undefined;
  const since =
    failure && !failureCodes[failure.code].retryable
      ? (failingSince ?? failure.at)
      : lateSince(cursor, end, now, settle);
  if (since === undefined) return undefined;
  if (failure === undefined) return { kind: 'behind', since };
  return { kind: 'failing', since, code: failure.code, message: failure.message };
}

/**
 * Since when a window is late; `undefined` if it is not, or while the account catches up: after it was resumed it waits
 * for its next boundary, and then one file follows the other.
 */
export function lateSince(
  cursor: Cursor,
  windowEnd: Instant,
  now: Instant,
  settle: number,
): Instant | undefined {
  if (cursor.stopped !== undefined) return undefined;
  const since = Math.max(windowEnd + settle, lastProgress(cursor, now)) + patience;
  return since <= now ? since : undefined;
}

/** When a file was committed, or the one that is at work now was begun. One that is begun again and again does not get on. */
function lastProgress(cursor: Cursor, now: Instant): Instant {
  const { deliveredAt = Number.NEGATIVE_INFINITY, attempts, failures } = cursor;
  const atWork = failures === 0 && leasedToAnother(cursor, undefined, now) !== undefined;
  return atWork
    ? Math.max(deliveredAt, Math.min(...attempts.map(({ startedAt }) => startedAt)))
    : deliveredAt;
}
