import { assumptions } from './assumptions.ts';

/** What the whole fleet knows of a place: a cloud, and for S3 a region. Times in seconds. */
export interface Place {
  /** Whether an export may ask the place: always, unless it is suspended and a probe has been let through of late. */
  admits(at: number): boolean;
  /** An account waited in vain. */
  silent(account: number, at: number): void;
}

/**
 * A place where nobody is answered, so that a suspension lasts.
 *
 * @param isSuspended whether it was suspended before
 */
export function createSilentPlace(isSuspended: boolean): Place {
  const silences = new Map<number, number>();
  let suspended = isSuspended;
  let probedAt = Number.NEGATIVE_INFINITY;

  return {
    admits(at) {
      if (!suspended) return true;
      if (at < probedAt + assumptions.probeEvery) return false;
      probedAt = at;
      return true;
    },
    silent(account, at) {
      silences.set(account, at);
      const recent = [...silences.values()].filter(since => at - since <= assumptions.silentWithin);
      if (suspended || recent.length < assumptions.silentAccounts) return;
      suspended = true;
      probedAt = at;
    },
  };
}
