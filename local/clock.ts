import type { Instant } from '../lambdas/domain/instant.ts';

/** How far the clock has to be put forward for an instant to be past, in milliseconds. */
export function aheadOfNow(instant: Instant): number {
  return Math.max(instant - Date.now() + 1000, 0);
}

/**
 * Puts the clock of this thread forward: `Date.now()` and `new Date()`, not timers. Files of a window are made after
 * its end, so rows of today would otherwise have to wait for up to four hours.
 */
export function putClockForward(milliseconds: number): void {
  if (milliseconds === 0) return;
  const now = Date.now;
  const shifted = () => now() + milliseconds;
  globalThis.Date = new Proxy(Date, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [shifted()] : args, newTarget),
    apply: () => new Date(shifted()).toString(),
    get: (target, property) => (property === 'now' ? shifted : Reflect.get(target, property)),
  });
}
