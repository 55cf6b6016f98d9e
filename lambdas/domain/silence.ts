import type { Destination } from './account.ts';
import { defaultAzureCloud } from './azure-cloud.ts';
import type { FailureCode } from './failure.ts';
import type { Instant } from './instant.ts';

/** A destination, as far as its silence matters: the bucket, and the region that fails together with it. */
export interface Target {
  /** The bucket; for Azure the storage account of the container, because its containers fail together. */
  readonly bucket: string;
  /** A region of S3, all of Google Cloud Storage, or a cloud of Azure. */
  readonly region: string;
}

/** A silence: a bucket accepted a connection but did not answer. */
export interface Silence {
  readonly region: string;
  /** When the request was sent. */
  readonly asked: Instant;
  /** When the exporter gave up. */
  readonly ended: Instant;
}

/**
 * What all exporters of a stage know about silent buckets. An account with a silent bucket occupies
 * an exporter while it waits for an answer. A few hundred such accounts would occupy all exporters,
 * and every other account would have to wait.
 */
export interface Silences {
  /** The most recently silent buckets, only some of each region; for the others see the cursor's last error. */
  readonly buckets: ReadonlyMap<Target['bucket'], Silence>;
  /** When a region with silent buckets last answered any account. */
  readonly answered: ReadonlyMap<Target['region'], Instant>;
  /** When a bucket that had been silent last answered, by region. */
  readonly recovered: ReadonlyMap<Target['region'], Instant>;
  /** Up to which instant each permit is used up (see `usedAfter`). */
  readonly used: ReadonlyMap<string, Instant>;
}

export const noSilences: Silences = {
  buckets: new Map(),
  answered: new Map(),
  recovered: new Map(),
  used: new Map(),
};

/** If this many buckets of a region are silent, the cause is the region and not a customer. */
const bucketsInTrouble = 3;
/** In milliseconds. A silence counts against the region only after this time, so that others can report an answer. */
const objectionTime = 500;
/**
 * A silence is forgotten after this time, in milliseconds. It must be longer than a window: otherwise every exporter
 * would wait for the silent buckets again at the next boundary.
 */
const silenceCounts = 6 * 3_600_000;
/** The most silent buckets that are stored for a region. More add no information, and every export reads the item. */
const mostNoted = 10;

/** How long an exporter waits for an answer, in milliseconds: enough for a healthy cloud. */
const usualPatience = 5_000;
/** The wait for messages that failed before, so that a slow cloud can still answer. */
const greatPatience = 30_000;
/** The wait in a region with silent buckets, for a bucket that was not: enough for most healthy answers. */
const shortPatience = 1_000;

/** On average, this many exporters at once wait for an answer under one permit. */
const exportersPerPermit = 3;
/** How much unused time of a permit can be used later, in milliseconds. At least the highest cost of a permit. */
const keptFor = 10_000;

/** Allows a request although silence is likely. All exporters of a stage share the permits of a region. */
export interface Permit {
  /** `first <region>` for buckets that were not tried yet, `again <region>` for the others. Each has its own budget. */
  readonly name: string;
  /** How much of the permit's time a request uses up, in milliseconds. */
  readonly cost: number;
}

/** Whether an upload may begin now, how many milliseconds it may wait for an answer, and which permit it needs. */
export type Admission =
  | { readonly kind: 'free'; readonly patience: number }
  | { readonly kind: 'by-permit'; readonly patience: number; readonly permit: Permit }
  | { readonly kind: 'wait' };

export interface Asker {
  readonly target: Target;
  /** The account's last failure, if it has delivered nothing since. */
  readonly lastError: { readonly code: FailureCode; readonly at: Instant } | undefined;
  /** How often the message was received, including this time. */
  readonly received: number;
}

export function admissionOf(silences: Silences, asker: Asker, now: Instant): Admission {
  const { region } = asker.target;
  if (isKnownSilent(silences, asker, now))
    return byPermit(silences, 'again', region, patienceAt(asker.received), now);
  switch (stateOf(region, silences, now)) {
    case 'healthy':
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
 * Up to which instant a permit is used up after one more request; `undefined` if that is in the
 * future, so that the request must wait. Each request moves this instant forward by its cost, and
 * it is never more than `keptFor` in the past.
 */
export function usedAfter(used: Instant | undefined, { cost }: Permit, now: Instant): Instant | undefined {
  const after = Math.max(used ?? 0, unusedAt(now)) + cost;
  return after <= now ? after : undefined;
}

/** The value for a permit that was not used for a long time. */
export function unusedAt(now: Instant): Instant {
  return now - keptFor;
}

/**
 * True if the account's bucket is probably silent: it is one of the stored buckets, or the account's last attempt got
 * no answer, its region has silent buckets, and none of them has answered since. Once one has answered, the others are
 * tried without a permit, with a short wait each.
 */
export function isKnownSilent(silences: Silences, { target, lastError }: Asker, now: Instant): boolean {
  const { bucket, region } = target;
  const noted = silences.buckets.get(bucket);
  if (noted && counts(noted.ended, now)) return true;
  if (lastError?.code !== 'no_answer' || !counts(lastError.at, now)) return false;
  return lastError.at > (silences.recovered.get(region) ?? 0) && stateOf(region, silences, now) !== 'healthy';
}

/** `troubled`: several buckets are silent. `suspended`: in addition, no bucket has answered since they were tried. */
function stateOf(region: string, silences: Silences, now: Instant): 'healthy' | 'troubled' | 'suspended' {
  const answeredAt = silences.answered.get(region) ?? 0;
  const silent = notedIn(region, silences, now);
  if (silent.length < bucketsInTrouble) return 'healthy';
  const unanswered = silent.filter(({ asked, ended }) => asked > answeredAt && now - ended >= objectionTime);
  return unanswered.length < bucketsInTrouble ? 'troubled' : 'suspended';
}

function notedIn(region: string, { buckets }: Silences, now: Instant) {
  return [...buckets]
    .map(([bucket, silence]) => ({ bucket, ...silence }))
    .filter(silence => silence.region === region && counts(silence.ended, now));
}

/** False if the silence is too long ago to matter. */
function counts(silentAt: Instant, now: Instant): boolean {
  return now - silentAt <= silenceCounts;
}

/** The stored buckets to remove when another is stored: the oldest of its region, and those that no longer count. */
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

/** True if an answer from the region should be stored: a bucket there was silent since the last stored answer. */
export function isNews(silences: Silences, region: string, now: Instant): boolean {
  const answeredAt = silences.answered.get(region) ?? 0;
  return notedIn(region, silences, now).some(({ asked }) => asked > answeredAt);
}

/** What a failed upload shows about its bucket: silence, an answer, or (`undefined`) neither. */
export function heardIn(code: FailureCode): 'silence' | 'answer' | undefined {
  if (code === 'no_answer') return 'silence';
  return code === 'network' || code === 'internal' || code === 'out_of_time' ? undefined : 'answer';
}

/**
 * How long an exporter waits for an answer. It depends on the message and not on the account's failures: when accounts
 * of a silent cloud are due again hours later, they must not all occupy an exporter for long.
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
