import type { Instant } from '../lambdas/domain/instant.ts';

const realNow = Date.now;
let ahead = 0;

/** How far the clock has to be put forward for an instant to be past, in milliseconds. */
export function aheadOfNow(instant: Instant): number {
  return Math.max(instant - realNow() + 1000, 0);
}

/** How far the clock of this thread is put forward, in milliseconds. */
export function clockAhead(): number {
  return ahead;
}

/**
 * Has the clock of this thread go so far ahead of the real one, or behind it: `Date.now()` and `new Date()`, not timers.
 * Files of a window are made after its end, so rows of today would otherwise have to wait for up to four hours.
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
