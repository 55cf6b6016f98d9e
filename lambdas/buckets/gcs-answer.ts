import { toExportError } from '../domain/failure.ts';
import { type Answer, created, exists, refused, unclear } from './bucket.ts';
import type { Crc32c } from './gcs-checksum.ts';
import type { GcsAnswer, Target } from './gcs-connection.ts';
import { toGcsFailure } from './gcs-failure.ts';
import { GcsTrouble, type Purpose, propertyOf } from './gcs-trouble.ts';

/**
 * What a success says about the object that was to be created with this checksum.
 *
 * Another checksum is no failed request: an object has the key, and it is not the one that was sent.
 *
 * @throws GcsTrouble if the answer does not hold the object's resource
 */
export function creationIn(
  { status, data }: GcsAnswer,
  { bucket, key }: Target,
  checksum: Crc32c,
  purpose: Purpose,
): Answer {
  const stored = propertyOf(data, 'crc32c');
  const isTheObject = propertyOf(data, 'bucket') === bucket && propertyOf(data, 'name') === key;
  if (!isTheObject || typeof stored !== 'string')
    throw new GcsTrouble(purpose, { status, reason: 'no_object_resource' });
  if (stored === checksum.toString()) return created;
  const words = 'Google Cloud has other bytes under this key than were sent: their CRC-32C differs';
  return { kind: 'exists', words, afterUnclear: false, hasOtherBytes: true };
}

/**
 * What a request that did not succeed says about the object.
 *
 * @param thrown a GcsTrouble, or whatever ended the upload before the request
 */
export function answerTo(thrown: unknown, { bucket }: Target, signal: AbortSignal): Answer {
  if (!(thrown instanceof GcsTrouble)) return refused(toExportError(thrown));
  if (isThere(thrown)) return exists(thrown.message);
  const failure = signal.aborted ? toExportError(signal.reason) : toGcsFailure(thrown, bucket);
  return thrown.unclear ? unclear(failure) : refused(failure);
}

/**
 * True if the answer can mean nothing but that an object has the key.
 *
 * A 412 of its own does not: organisation policies and a bucket's encryption settings answer with the same status, the
 * same reason `conditionNotMet` and the same location `If-Match`. Only the words tell them apart.
 */
function isThere({ status, reason, location, explanation }: GcsTrouble): boolean {
  const words = explanation ?? '';
  if (status === 412) {
    if (/\bconstraints?\b|\bpolic(y|ies)\b|\bencrypt|\benforce/i.test(words)) return false;
    if (/\bpre-?conditions you specified did not hold\b/i.test(words)) return true;
    if (/^(x-goog-)?if-?generation-?match$/i.test(location ?? '')) return true;
    const bare = words === '' ? location === 'If-Match' : /^precondition failed\.?$/i.test(words);
    return bare && reason === 'conditionNotMet';
  }
  if (status !== 403) return false;
  // Overwriting needs the permission to delete, and is what a retention policy or a hold forbids.
  return (
    reason === 'retentionPolicyNotMet' ||
    reason === 'objectUnderActiveHold' ||
    /\bstorage\.objects\.delete\b|retention (policy|configuration) and cannot be|\bis under active\b.*\bhold\b/i.test(
      words,
    )
  );
}
