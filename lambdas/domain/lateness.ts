import type { Account } from './account.ts';
import { type Cursor, leasedToAnother } from './cursor.ts';
import { type FailureCode, failureCodes } from './failure.ts';
import type { Instant } from './instant.ts';
import { nextBoundary } from './window.ts';

/** How long a file may take after the settle time, or in a backlog after the previous file; in milliseconds. */
export const patience = 2 * 3_600_000;

/** What is wrong with an account's export. `failing`: an error explains it. `behind`: no error explains it. */
export type Trouble = {
  /** When the account began to count as failing or behind. */
  readonly since: Instant;
} & (
  | { readonly kind: 'failing'; readonly code: FailureCode; readonly message: string }
  | { readonly kind: 'behind' }
);

/** The end of the oldest window that is not delivered; `undefined` if the account is not owed this window. */
export function owedEnd({ timeZone, addOnExpiresAt }: Account, cursor: Cursor): Instant | undefined {
  const end = cursor.intent?.window.end ?? nextBoundary(timeZone, cursor.exportedThrough);
  return addOnExpiresAt === undefined || end <= addOnExpiresAt ? end : undefined;
}

/**
 * Whether an account is failing or behind. An error that needs a person counts at once. An error that is retried counts
 * only when it has made the account late.
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
 * Since when a window is late; `undefined` if it is not late, or while the account catches up after it was resumed: it
 * waits for its next boundary, and then delivers one file after the other.
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

/**
 * When the last file was committed, or when the current attempt began. An attempt after failures does not count: a file
 * that fails again and again makes no progress.
 */
function lastProgress(cursor: Cursor, now: Instant): Instant {
  const { deliveredAt = Number.NEGATIVE_INFINITY, attempts, failures } = cursor;
  const atWork = failures === 0 && leasedToAnother(cursor, undefined, now) !== undefined;
  return atWork
    ? Math.max(deliveredAt, Math.min(...attempts.map(({ startedAt }) => startedAt)))
    : deliveredAt;
}
