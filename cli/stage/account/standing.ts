import type { FoundCursor } from '../../../lambdas/aws/cursor-reader.ts';
import { type Account, parseAccount, parseSchedule, type Schedule } from '../../../lambdas/domain/account.ts';
import type { Cursor } from '../../../lambdas/domain/cursor.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import type { Instant } from '../../../lambdas/domain/instant.ts';
import { lateSince } from '../../../lambdas/domain/lateness.ts';
import { firstPosition } from '../../../lambdas/domain/plan.ts';
import { nextBoundary, type Window } from '../../../lambdas/domain/window.ts';
import type { AccountRecord } from './account-record.ts';
import { recordFaults } from './record-faults.ts';

/**
 * The states of an account, the most severe first: the record or the cursor is invalid; the last export failed; a
 * window is late; not exported because the add-on has expired; paused; not exported yet; no problem.
 */
export const states = ['invalid', 'failing', 'behind', 'expired', 'paused', 'new', 'ok'] as const;
export type State = (typeof states)[number];

/** States in which an operator has to act. */
export const troubled: ReadonlySet<State> = new Set(['invalid', 'failing', 'behind']);

export interface Standing {
  readonly accountId: string;
  readonly state: State;
  /** Absent if the record is invalid. */
  readonly account: Account | undefined;
  /** Faults of the record, and of the cursor if it cannot be read. */
  readonly faults: readonly string[];
  readonly cursor: Cursor | undefined;
  /** The oldest window that is not delivered; absent if the record’s time zone is invalid. */
  readonly nextWindow: Window | undefined;
  /** True if that window is late and no exporter is catching up; also if a failure explains it. */
  readonly late: boolean;
}

/** @param settle the settle time in milliseconds */
export function standingOf(
  record: AccountRecord,
  found: FoundCursor | undefined,
  now: Instant,
  settle: number,
): Standing {
  const unreadable = found instanceof ExportError;
  const cursor = unreadable ? undefined : found;
  const faults = [...recordFaults(record), ...(unreadable ? [found.message] : [])];
  const account = faults.length === 0 ? parseAccount(record) : undefined;
  const schedule = parseSchedule(record);
  const nextWindow = cursor?.intent?.window ?? (schedule && nextWindowOf(schedule, cursor, now));
  const late =
    cursor !== undefined &&
    isOwed(account, nextWindow) &&
    lateSince(cursor, nextWindow.end, now, settle) !== undefined;
  const standing = { accountId: String(record.accountId), account, faults, cursor, nextWindow, late };
  return { ...standing, state: stateOf(standing) };
}

/** The oldest window that is not delivered; it may not have ended yet. */
export function nextWindowOf(schedule: Schedule, cursor: Cursor | undefined, now: Instant): Window {
  if (cursor?.intent !== undefined) return cursor.intent.window;
  // A new account begins with the next boundary: its first window is the current one.
  const start = cursor?.exportedThrough ?? firstPosition(schedule, nextBoundary(schedule.timeZone, now));
  return { start, end: nextBoundary(schedule.timeZone, start) };
}

/** Whether the next window will be exported, now or later. */
function isOwed(account: Account | undefined, nextWindow: Window | undefined): nextWindow is Window {
  if (account === undefined || nextWindow === undefined) return false;
  return account.status === 'active' && !isExpired(account, nextWindow);
}

function isExpired({ addOnExpiresAt }: Account, nextWindow: Window): boolean {
  return addOnExpiresAt !== undefined && nextWindow.end > addOnExpiresAt;
}

function stateOf({ account, cursor, nextWindow, late }: Omit<Standing, 'state'>): State {
  if (account === undefined || nextWindow === undefined) return 'invalid';
  if (account.status === 'paused') return 'paused';
  if (isExpired(account, nextWindow)) return 'expired';
  if (cursor === undefined) return 'new';
  if (cursor.failures > 0 && cursor.lastError !== undefined) return 'failing';
  return late ? 'behind' : 'ok';
}
