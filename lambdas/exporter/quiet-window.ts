import { randomUUID } from 'node:crypto';
import { type Bucket, type NotCreated, refused } from '../buckets/bucket.ts';
import { toExportError } from '../domain/failure.ts';
import type { Instant } from '../domain/instant.ts';
import { trialKey, trialProperties, trialText } from '../domain/trial-object.ts';
import type { PackedPart } from './pack-part.ts';
import type { PartDelivery } from './part-delivery.ts';

/** The account gets no object for the window, because it has no records. */
export interface NotNeeded {
  readonly kind: 'not needed';
  /** When the bucket last accepted an object. */
  readonly acceptedAt: Instant | undefined;
}

/** What the ledger stores for a window without an object: sizes of 0, and the SHA-256 of no bytes. */
export const withoutObject = {
  rows: { records: 0, malformed: 0, final: true, lastSortKey: undefined },
  lacking: [],
  archive: {
    bytes: 0,
    sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    uncompressedBytes: 0,
  },
} as const;

/** How long an account without records may go without a request to its bucket, in milliseconds. */
const longestSilence = 7 * 24 * 3_600_000;

/**
 * Decides whether the account gets no object for a window. Writes a trial object if the bucket has accepted nothing for a
 * week: otherwise a revoked key would stay unseen as long as the account has no records.
 *
 * An object is always created if an earlier attempt may have created it: the rows that it had may be deleted since.
 *
 * @returns undefined if the window needs an object; `NotCreated` if the rows cannot be read or the trial has failed
 */
export async function skipQuietWindow(
  { account, cursor, intent, admitted, ports, deadline }: PartDelivery,
  bucket: Bucket,
  packed: PackedPart,
): Promise<NotNeeded | NotCreated | undefined> {
  if (intent.recipe.emptyWindows === 'file' || cursor.attempts.length > 0) return undefined;
  try {
    if (!(await packed.isEmpty())) return undefined;
  } catch (thrown) {
    return refused(toExportError(thrown));
  }
  const { acceptedAt = Number.NEGATIVE_INFINITY } = cursor;
  const now = ports.clock.now();
  if (now - acceptedAt < longestSilence) return { kind: 'not needed', acceptedAt };
  const trial = {
    key: trialKey(account),
    body: only(Buffer.from(trialText(randomUUID()))),
    ...trialProperties,
  };
  const answer = await bucket.create(trial, { signal: deadline.signal, step: async () => undefined });
  await admitted.heard(answer);
  return 'failure' in answer ? answer : { kind: 'not needed', acceptedAt: now };
}

async function* only(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}
