import type { Instant } from '../lambdas/domain/instant.ts';

const realNow = Date.now;
let ahead = 0;

/** By how many milliseconds the clock has to be put forward so that an instant is in the past. */
export function aheadOfNow(instant: Instant): number {
  return Math.max(instant - realNow() + 1000, 0);
}

/** By how many milliseconds the clock of this thread is put forward. */
export function clockAhead(): number {
  return ahead;
}

/**
 * Shifts the clock of this thread by so many milliseconds: `Date.now()` and `new Date()`, not timers. Without this,
 * rows of today would be exported only after the end of their window, up to four hours later.
 */
export function putClockForward(milliseconds: number): void {
  if (Date.now === realNow) replaceDate();
  ahead = milliseconds;
}

function replaceDate(): void {
  const shifted = () => realNow() + ahead;
  globalThis.Date = new Proxy(Date, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [shifted()] : args, newTarget),
    apply: () => new Date(shifted()).toString(),
    get: (target, property) => (property === 'now' ? shifted : Reflect.get(target, property)),
  });
}
