import { type Bucket, type NotCreated, refused } from '../buckets/bucket.ts';
import { canHaveCreated } from '../domain/cursor.ts';
import { toExportError } from '../domain/failure.ts';
import type { Instant } from '../domain/instant.ts';
import { placeName } from '../domain/recipe.ts';
import { testObjectKey, testObjectProperties, testObjectText } from '../domain/test-object.ts';
import type { PackedPart } from './pack-part.ts';
import type { PartDelivery } from './part-delivery.ts';

/** The account gets no object for the window, because it has no records. */
export interface NotNeeded {
  readonly kind: 'not needed';
  /** When the bucket last accepted an object. An object that exists shows that it still takes the credential. */
  readonly acceptedAt: Instant;
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
const longestWithoutRequest = 7 * 24 * 3_600_000;

/**
 * Decides whether the account gets no object for a window. Writes a test object if the bucket has accepted nothing for a
 * week: otherwise a revoked key would stay unseen as long as the account has no records.
 *
 * An object is always created if an earlier attempt may have created it: the rows that it had may be deleted since.
 *
 * @returns undefined if the window needs an object; `NotCreated` if the rows cannot be read or the test object is not accepted
 */
export async function skipEmptyWindow(
  { account, cursor, intent, token, admitted, ports, deadline }: PartDelivery,
  bucket: Bucket,
  packed: PackedPart,
): Promise<NotNeeded | NotCreated | undefined> {
  const { emptyWindows, place } = intent.recipe;
  const here = placeName(place);
  const mayExist = cursor.attempts.some(attempt => attempt.place === here && canHaveCreated(attempt));
  if (emptyWindows === 'file' || mayExist) return undefined;
  try {
    if (!(await packed.isEmpty())) return undefined;
  } catch (thrown) {
    return refused(toExportError(thrown));
  }
  const now = ports.clock.now();
  const acceptedAt = cursor.deliveredTo === here ? cursor.acceptedAt : undefined;
  if (acceptedAt !== undefined && now - acceptedAt < longestWithoutRequest)
    return { kind: 'not needed', acceptedAt };
  const testObject = {
    key: testObjectKey(account),
    body: only(Buffer.from(testObjectText(token))),
    ...testObjectProperties,
  };
  const answer = await bucket.create(testObject, { signal: deadline.signal, step: async () => undefined });
  await admitted.heard(answer);
  return 'failure' in answer ? answer : { kind: 'not needed', acceptedAt: now };
}

async function* only(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}
