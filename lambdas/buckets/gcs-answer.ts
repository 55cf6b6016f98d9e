import { toExportError } from '../domain/failure.ts';
import { type Answer, created, exists, refused, unclear } from './bucket.ts';
import type { Crc32c } from './gcs-checksum.ts';
import type { GcsAnswer, Target } from './gcs-connection.ts';
import { toGcsFailure } from './gcs-failure.ts';
import { GcsTrouble, type Purpose, propertyOf } from './gcs-trouble.ts';

/**
 * The outcome that a successful answer reports for an object with this checksum.
 *
 * Another checksum in the answer means `exists`: an object has the key, and it is not the one that was sent.
 *
 * @throws GcsTrouble if the answer does not contain the object's resource
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
 * The outcome that a failed request reports for the object.
 *
 * @param thrown a GcsTrouble, or the error that ended the upload before the request
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
 * The status 412 alone is not enough: organisation policies and a bucket's encryption settings cause the same status,
 * the same reason `conditionNotMet` and the same location `If-Match`. Only the explanation differs.
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
  // Overwriting needs the permission to delete, and retention policies and holds forbid it. So
  // these answers mean that an object exists.
  return (
    reason === 'retentionPolicyNotMet' ||
    reason === 'objectUnderActiveHold' ||
    /\bstorage\.objects\.delete\b|retention (policy|configuration) and cannot be|\bis under active\b.*\bhold\b/i.test(
      words,
    )
  );
}
