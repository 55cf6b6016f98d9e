import type { Account } from '../../../lambdas/domain/account.ts';
import type { Cursor } from '../../../lambdas/domain/cursor.ts';
import type { Instant } from '../../../lambdas/domain/instant.ts';
import { firstPosition, windowsAfter } from '../../../lambdas/domain/plan.ts';
import type { Window } from '../../../lambdas/domain/window.ts';
import type { Column } from '../../terminal/table.ts';
import { localWindow, utcWord } from '../../terminal/wording.ts';

/** Every window that has ended and is not delivered, oldest first, except those after the end of the add-on. */
export function windowsOwed(account: Account, cursor: Cursor | undefined, now: Instant): Window[] {
  const { timeZone, addOnExpiresAt = Number.POSITIVE_INFINITY } = account;
  const from = cursor?.exportedThrough ?? firstPosition(account, now);
  const [next, ...later] = [...windowsAfter(timeZone, from, now)];
  // A window whose export has begun keeps its end, even if the time zone has changed since.
  const begun = cursor?.intent?.window;
  const owed =
    begun === undefined
      ? [next, ...later]
      : [begun.end <= now ? begun : undefined, ...windowsAfter(timeZone, begun.end, now)];
  return owed.filter((window): window is Window => window !== undefined && window.end <= addOnExpiresAt);
}

/** Splits windows that have ended into those whose settle time is over, and the others. */
export function bySettling(ended: readonly Window[], now: Instant, settle: number) {
  const settled = ended.filter(({ end }) => end + settle <= now);
  return { settled, settling: ended.slice(settled.length) };
}

export function windowColumns(timeZone: string): readonly Column<Window>[] {
  return [
    { heading: `window (${timeZone})`, text: window => localWindow(window, timeZone) },
    { heading: 'ends (UTC)', text: ({ end }) => utcWord(end) },
  ];
}
