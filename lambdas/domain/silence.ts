import type { Destination } from './account.ts';
import type { Instant } from './instant.ts';

/**
 * Which accounts met silence at a region of a cloud: it took the connection and did not answer. Each of them holds an
 * exporter for as long as it waits; a few hundred of them would hold all exporters, and keep every other account waiting.
 */
export interface Silence {
  /** Different accounts, since anybody succeeded there; more than enough to suspend the region are not noted. */
  readonly accountIds: readonly string[];
  /** When the last of them met silence, or somebody began to probe. */
  readonly at: Instant;
}

export type SilenceByRegion = ReadonlyMap<string, Silence>;

/** So many accounts are no longer one customer's trouble. */
export const accountsToSuspend = 3;
/** A silence that is older counts no more, in milliseconds. */
export const silenceCounts = 60_000;
/** One exporter of the whole fleet tries a suspended region so often, in milliseconds. */
const probeInterval = 30_000;
/**
 * Nobody tried for so long: nothing is known any more, in milliseconds. Longer than a window, or the next midnight would
 * begin with one wait of every exporter again.
 */
const longestSuspension = 6 * 3_600_000;

/** How long a cloud may stay silent, in milliseconds: enough for one that is well. */
const usualPatience = 8_000;
/** For accounts that failed before: a cloud that is slow, but not silent, gets through. */
const greatPatience = 30_000;

export function patienceAfter(failures: number): number {
  return failures < 2 ? usualPatience : greatPatience;
}

/** What fails together: a region of S3, Google Cloud Storage, a cloud of Azure's. */
export function regionOf(destination: Destination): string {
  return destination.type === 's3' ? `s3 ${destination.region}` : destination.type;
}

export function isSuspended(silence: Silence | undefined, now: Instant): silence is Silence {
  if (silence === undefined || now - silence.at > longestSuspension) return false;
  return silence.accountIds.length >= accountsToSuspend;
}

/** True if the region has been left alone for long enough to be tried again. */
export function isProbeDue({ at }: Silence, now: Instant): boolean {
  return now - at >= probeInterval;
}
