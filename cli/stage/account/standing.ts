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
 * How an account stands, the worst first: its record has faults or its cursor cannot be read, its last export failed, a window is late, nothing is
 * exported on purpose, nothing has been exported yet, or all is well.
 */
export const states = ['invalid', 'failing', 'behind', 'expired', 'paused', 'new', 'ok'] as const;
export type State = (typeof states)[number];

/** States that somebody has to look at. */
export const troubled: ReadonlySet<State> = new Set(['invalid', 'failing', 'behind']);

export interface Standing {
  readonly accountId: string;
  readonly state: State;
  /** Absent if there are faults. */
  readonly account: Account | undefined;
  /** What is wrong with the record, and with the cursor if it cannot be read; empty if all is in order. */
  readonly faults: readonly string[];
  readonly cursor: Cursor | undefined;
  /** The oldest window that is not delivered; absent if nothing says which it is. */
  readonly nextWindow: Window | undefined;
  /** True if that window should have been delivered by now, whether an error says why or not, and nobody catches up. */
  readonly late: boolean;
}

/** @param settle how long after its end a window is read, in milliseconds */
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

/** The oldest window that is not delivered, whether it has ended or not. */
export function nextWindowOf(schedule: Schedule, cursor: Cursor | undefined, now: Instant): Window {
  if (cursor?.intent !== undefined) return cursor.intent.window;
  // An account that no tick has met yet begins with the next boundary, so that its first window is now running.
  const start = cursor?.exportedThrough ?? firstPosition(schedule, nextBoundary(schedule.timeZone, now));
  return { start, end: nextBoundary(schedule.timeZone, start) };
}

/** Whether an export of the next window is to be expected, now or later. */
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
