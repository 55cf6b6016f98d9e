import type { Destination } from './account.ts';
import { defaultAzureCloud } from './azure-cloud.ts';
import type { FailureCode } from './failure.ts';
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
  /** When it was asked. */
  readonly asked: Instant;
  /** When the exporter that asked gave up. */
  readonly ended: Instant;
}

/**
 * What the fleet knows of buckets that are silent. Each account of one holds an exporter for as long as it waits; a few
 * hundred of them would hold all exporters, and keep every other account waiting.
 */
export interface Silences {
  /** The buckets that were silent last, of each region only some: which accounts met silence, their cursors tell. */
  readonly buckets: ReadonlyMap<Target['bucket'], Silence>;
  /** When the regions of silent buckets last answered somebody. */
  readonly answered: ReadonlyMap<Target['region'], Instant>;
  /** When a bucket of the region that had been silent last answered. */
  readonly recovered: ReadonlyMap<Target['region'], Instant>;
  /** What has been given out of each permit (`usedAfter`). */
  readonly used: ReadonlyMap<string, Instant>;
}

export const noSilences: Silences = {
  buckets: new Map(),
  answered: new Map(),
  recovered: new Map(),
  used: new Map(),
};

/** So many buckets are no longer one customer's trouble. */
const bucketsInTrouble = 3;
/** Milliseconds in which who was answered meanwhile says so, before a silence counts against the whole region. */
const objectionTime = 500;
/**
 * After so long a silence counts no more, in milliseconds. Longer than a window, or the next midnight would begin with one
 * wait of every exporter again.
 */
const silenceCounts = 6 * 3_600_000;
/** So many silent buckets of a region tell all there is to tell; the item is read by every export. */
const mostNoted = 10;

/** How long a cloud may stay silent, in milliseconds: enough for one that is well. */
const usualPatience = 5_000;
/** For messages that failed before: a cloud that is slow, but not silent, gets through. */
const greatPatience = 30_000;
/** Where buckets are silent, for one that has not been silent yet: enough for nearly every answer of a cloud that is well. */
const shortPatience = 1_000;

/** So many exporters at once, on average, wait for what one permit is for. */
const exportersPerPermit = 3;
/** What was not used of a permit is kept for so long, in milliseconds; no less than a permit for great patience costs. */
const keptFor = 10_000;

/** The right to ask although silence is likely. The whole fleet has so many for each region. */
export interface Permit {
  /** For who is asked the `first` time in a region, or for who is asked `again`: neither takes the other's. */
  readonly name: string;
  /** For how long asking uses it up, in milliseconds. */
  readonly cost: number;
}

/** Whether a destination may be asked now, for how many milliseconds it may be silent, and what asking needs first. */
export type Admission =
  | { readonly kind: 'free'; readonly patience: number }
  | { readonly kind: 'by-permit'; readonly patience: number; readonly permit: Permit }
  | { readonly kind: 'wait' };

export interface Asker {
  readonly target: Target;
  /** Why and when the account last failed, if it has not delivered since. */
  readonly lastError: { readonly code: FailureCode; readonly at: Instant } | undefined;
  /** How often the message has been received, this time included. */
  readonly received: number;
}

export function admissionOf(silences: Silences, asker: Asker, now: Instant): Admission {
  const { region } = asker.target;
  if (isKnownSilent(silences, asker, now))
    return byPermit(silences, 'again', region, patienceAt(asker.received), now);
  switch (stateOf(region, silences, now)) {
    case 'well':
      return { kind: 'free', patience: patienceAt(asker.received) };
    case 'troubled':
      return { kind: 'free', patience: shortPatience };
    case 'suspended':
      return byPermit(
        silences,
        asker.lastError?.code === 'region_silent' ? 'again' : 'first',
        region,
        shortPatience,
        now,
      );
  }
}

function byPermit(
  { used }: Silences,
  who: 'first' | 'again',
  region: string,
  patience: number,
  now: Instant,
): Admission {
  const permit = { name: `${who} ${region}`, cost: Math.ceil(patience / exportersPerPermit) };
  return usedAfter(used.get(permit.name), permit, now) === undefined
    ? { kind: 'wait' }
    : { kind: 'by-permit', patience, permit };
}

/**
 * What is given out of a permit after one more: a clock that runs ahead by its cost, and never far behind; `undefined`
 * if that would be ahead of the time.
 */
export function usedAfter(used: Instant | undefined, { cost }: Permit, now: Instant): Instant | undefined {
  const after = Math.max(used ?? 0, unusedAt(now)) + cost;
  return after <= now ? after : undefined;
}

/** Where the clock of a permit stands that nobody has used for long. */
export function unusedAt(now: Instant): Instant {
  return now - keptFor;
}

/**
 * True if the account will most likely meet silence: its bucket is noted, or it met silence itself and no silent bucket of
 * a region in trouble has answered since. If one has, all others are asked without a permit, for a short time each.
 */
export function isKnownSilent(silences: Silences, { target, lastError }: Asker, now: Instant): boolean {
  const { bucket, region } = target;
  const noted = silences.buckets.get(bucket);
  if (noted && counts(noted.ended, now)) return true;
  if (lastError?.code !== 'no_answer' || !counts(lastError.at, now)) return false;
  return lastError.at > (silences.recovered.get(region) ?? 0) && stateOf(region, silences, now) !== 'well';
}

/** In a troubled region some buckets are silent; one where nobody has been answered since they were asked is suspended. */
function stateOf(region: string, silences: Silences, now: Instant): 'well' | 'troubled' | 'suspended' {
  const answeredAt = silences.answered.get(region) ?? 0;
  const silent = notedIn(region, silences, now);
  if (silent.length < bucketsInTrouble) return 'well';
  const unanswered = silent.filter(({ asked, ended }) => asked > answeredAt && now - ended >= objectionTime);
  return unanswered.length < bucketsInTrouble ? 'troubled' : 'suspended';
}

function notedIn(region: string, { buckets }: Silences, now: Instant) {
  return [...buckets]
    .map(([bucket, silence]) => ({ bucket, ...silence }))
    .filter(silence => silence.region === region && counts(silence.ended, now));
}

/** False for what is known no more, since nobody asked for long. */
function counts(silentAt: Instant, now: Instant): boolean {
  return now - silentAt <= silenceCounts;
}

/** The noted buckets that make way when another is noted: the oldest of its region, and what is known no more. */
export function forgottenFor(
  { bucket, region }: Target,
  silences: Silences,
  now: Instant,
): readonly string[] {
  const others = notedIn(region, silences, now).filter(other => other.bucket !== bucket);
  const oldest = others.sort((one, other) => other.ended - one.ended).slice(mostNoted - 1);
  const past = [...silences.buckets].filter(([other, { ended }]) => other !== bucket && !counts(ended, now));
  return [...oldest.map(other => other.bucket), ...past.map(([other]) => other)];
}

/** True if an answer from the region tells the fleet something: a bucket there was silent when it was asked last. */
export function isNews(silences: Silences, region: string, now: Instant): boolean {
  const answeredAt = silences.answered.get(region) ?? 0;
  return notedIn(region, silences, now).some(({ asked }) => asked > answeredAt);
}

/** What a failed upload tells of its bucket: it was silent, it answered, or neither can be said. */
export function heardIn(code: FailureCode): 'silence' | 'answer' | undefined {
  if (code === 'no_answer') return 'silence';
  return code === 'network' || code === 'internal' || code === 'out_of_time' ? undefined : 'answer';
}

/**
 * How long a cloud may stay silent. By the message, not by the account: when accounts of a silent cloud are due again
 * hours later, they must not all hold an exporter for long.
 */
function patienceAt(received: number): number {
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
