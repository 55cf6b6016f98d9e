import type { Destination } from './account.ts';
import { defaultAzureCloud } from './azure-cloud.ts';
import type { Instant } from './instant.ts';

/** What may be silent: one bucket, or everything that fails together with it. */
export interface Target {
  /** What answers for the bucket: itself, or the storage account that a container is in. */
  readonly bucket: string;
  /** A region of S3, Google Cloud Storage, a cloud of Azure's. */
  readonly region: string;
}

/** A bucket that took a connection and did not answer. */
export interface Silence {
  readonly region: string;
  /** When that was noticed, or somebody began to try again. */
  readonly at: Instant;
}

/**
 * What the fleet knows of buckets that are silent. Each account of one holds an exporter for as long as it waits; a few
 * hundred of them would hold all exporters, and keep every other account waiting.
 */
export interface Silences {
  readonly buckets: ReadonlyMap<Target['bucket'], Silence>;
  /** When the regions of silent buckets last answered somebody. */
  readonly answered: ReadonlyMap<Target['region'], Instant>;
}

export const noSilences: Silences = { buckets: new Map(), answered: new Map() };

/** So many buckets are no longer one customer's trouble. */
const bucketsToSuspend = 3;
/** A suspended bucket or region is tried by one exporter of the whole fleet so often, in milliseconds. */
const probeInterval = 15_000;
/**
 * After so long a silence counts no more, in milliseconds. Longer than a window, or the next midnight would begin with one
 * wait of every exporter again.
 */
const silenceCounts = 6 * 3_600_000;
/** So many silent buckets of a region tell all there is to tell. */
const mostNoted = 10;

/** How long a cloud may stay silent, in milliseconds: enough for one that is well. */
const usualPatience = 5_000;
/** For messages that failed before: a cloud that is slow, but not silent, gets through. */
const greatPatience = 30_000;

/**
 * How long a cloud may stay silent. By the message, not by the account: when accounts of a silent cloud are due again
 * hours later, they must not all hold an exporter for long.
 *
 * @param received how often the message has been received, this time included
 */
export function patienceAt(received: number): number {
  return received < 3 ? usualPatience : greatPatience;
}

export function targetOf(destination: Destination): Target {
  const { type } = destination;
  if (type === 'azure')
    return {
      bucket: `azure://${destination.storageAccount}`,
      region: `azure ${destination.cloud ?? defaultAzureCloud}`,
    };
  const bucket = `${type}://${destination.bucket}`;
  return { bucket, region: type === 's3' ? `s3 ${destination.region}` : type };
}

/** The silence for which a target is left alone. */
export interface Suspension extends Target, Silence {}

/**
 * The silence for which a target is left alone, if there is one: the last one in its region, if several buckets there are
 * silent and no bucket has answered since they were asked; else its own.
 *
 * @param lastAnswer when a region, or a bucket that was silent, last answered this process
 */
export function suspensionOf(
  { buckets, answered }: Silences,
  { bucket, region }: Target,
  lastAnswer: (name: string) => Instant | undefined,
  now: Instant,
): Suspension | undefined {
  const answeredAt = Math.max(answered.get(region) ?? 0, lastAnswer(region) ?? 0);
  const unanswered = [...buckets]
    .map(([name, silence]) => ({ bucket: name, ...silence }))
    .filter(other => other.region === region && counts(other, now))
    .filter(({ at }) => at - usualPatience > answeredAt);
  if (unanswered.length >= bucketsToSuspend)
    return unanswered.reduce((last, other) => (other.at > last.at ? other : last));
  const own = buckets.get(bucket);
  return own && counts(own, now) && own.at > (lastAnswer(bucket) ?? 0) ? { bucket, ...own } : undefined;
}

/** True if a silence of the target tells what is not known yet: a cloud that is down for hours has many buckets. */
export function isWorthNoting({ buckets }: Silences, { bucket, region }: Target, now: Instant): boolean {
  const there = [...buckets.values()].filter(other => other.region === region && counts(other, now));
  return buckets.has(bucket) || there.length < mostNoted;
}

/** False for what is known no more, since nobody tried for long. */
export function counts({ at }: Silence, now: Instant): boolean {
  return now - at <= silenceCounts;
}

/** True if a suspended target has been left alone for long enough to be tried again. */
export function isProbeDue({ at }: Silence, now: Instant): boolean {
  return now - at >= probeInterval;
}
