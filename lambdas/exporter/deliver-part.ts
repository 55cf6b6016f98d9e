import type { Bucket, Creation } from '../buckets/bucket.ts';
import { type Attempt, attemptAt, type Cursor, mayHaveBeenWritten } from '../domain/cursor.ts';
import type { DeliveredFile } from '../domain/delivered-file.ts';
import { ExportError, toExportError } from '../domain/failure.ts';
import { contentTypes, objectKey, objectMetadata } from '../domain/object-key.ts';
import { placeName } from '../domain/recipe.ts';
import { type PackedPart, packPart } from './pack-part.ts';
import { fileNameOf, type PartDelivery } from './part-delivery.ts';
import { reportFailure } from './report-failure.ts';

/**
 * Delivers one file: intent, upload, events, and last the commit of row and cursor. A crash between any
 * two of these leaves a state from which the next attempt arrives at the same one object.
 *
 * @returns the cursor behind the file; `not-begun` or `superseded` if another exporter of the account was quicker,
 *   before or after the upload; `failed` if somebody must act, which is then reported
 * @throws ExportError with a retryable code, reported too
 */
export async function deliverPart(
  delivery: PartDelivery,
): Promise<Cursor | 'not-begun' | 'superseded' | 'failed'> {
  const { account, cursor, intent, token, ports } = delivery;
  const { accountId } = account;
  const attempt = attemptAt(placeName(intent.recipe.place), token);
  const begun = await ports.ledger.begin(accountId, cursor, intent, attempt);
  if (!begun) return 'not-begun';
  const upload: Upload = { delivery, begun, attempt, packed: [] };
  try {
    const file = await writeFile(upload);
    if (!file) return 'superseded';
    // Told before the commit: whoever crashes here tells it once more rather than never.
    await ports.events.delivered(accountId, file);
    if (begun.failures > 0) await ports.events.recovered(accountId, file, begun.failures);
    const committed = await ports.ledger.commit(accountId, begun, file);
    if (!committed) return 'superseded';
    ports.telemetry.delivered(accountId, file);
    return committed;
  } catch (thrown) {
    const failure = toExportError(thrown);
    // No driver asks for an object before it has all of the body.
    const askedForNone = !upload.packed.some(packed => packed.isRead());
    const cleared = failure.wroteNothing || askedForNone ? attempt : undefined;
    await reportFailure(accountId, failure, { cursor: begun, window: intent.window, cleared }, ports);
    if (failure.retryable) throw failure;
    return 'failed';
  }
}

/** One attempt at a part on its way. */
interface Upload {
  readonly delivery: PartDelivery;
  readonly begun: Cursor;
  readonly attempt: Attempt;
  /** What drivers were given, one after the other. */
  readonly packed: PackedPart[];
}

/** Why reading is stopped; a constant, since an error of its own for each file costs more than the stop. */
const uploadEnded = 'The upload is over';

/** Uploads the file; `undefined` if meanwhile another exporter has committed it. */
async function writeFile(upload: Upload): Promise<DeliveredFile | undefined> {
  const { delivery, begun, attempt } = upload;
  const { account, intent, ports } = delivery;
  const { window, part, recipe } = intent;
  const { format, compression, place } = recipe;
  const startedAt = ports.clock.now();
  const key = objectKey(place.prefix, fileNameOf(delivery));

  const { creation, packed } = await send(upload, key);
  if (creation === 'exists') {
    const present = await ports.ledger.readCursor(account.accountId);
    if (present?.version !== begun.version) return undefined;
    if (!mayHaveBeenWritten(present.attempts, attempt)) throw foreignObject(key, place.bucket);
  }
  // The same rows give the same bytes, whoever wrote them.
  const { rows, archive } = (packed.isRead() ? packed : await packWithoutUpload(delivery)).figures();
  return {
    window,
    part,
    ...rows,
    place,
    key,
    format,
    compression,
    ...archive,
    attempt: begun.attempts.length,
    startedAt,
    deliveredAt: ports.clock.now(),
  };
}

/** Uploads with the credential at hand and, if that is rejected and was rotated meanwhile, once more with the new one. */
async function send(upload: Upload, key: string): Promise<{ creation: Creation; packed: PackedPart }> {
  const { account, ports } = upload.delivery;
  const bucket = await ports.buckets.open(account);
  try {
    return await create(upload, bucket, key);
  } catch (thrown) {
    if (!(thrown instanceof ExportError) || thrown.code !== 'credentials_rejected') throw thrown;
    return sendAgain(upload, key, thrown);
  }
}

/** What a rejected upload left unclear stays so, whatever the second one comes to. */
async function sendAgain(
  upload: Upload,
  key: string,
  rejection: ExportError,
): Promise<{ creation: Creation; packed: PackedPart }> {
  const { account, ports } = upload.delivery;
  try {
    const reopened = await ports.buckets.reopen(account);
    if (!reopened) throw rejection;
    const { creation, packed } = await create(upload, reopened, key);
    const perhapsOurs = creation === 'exists' && !rejection.wroteNothing;
    return { creation: perhapsOurs ? 'exists-perhaps-ours' : creation, packed };
  } catch (thrown) {
    if (rejection.wroteNothing || !(thrown instanceof ExportError) || !thrown.wroteNothing) throw thrown;
    throw new ExportError(thrown.code, thrown.message, { cause: thrown, unclear: true });
  }
}

async function create(upload: Upload, bucket: Bucket, key: string) {
  const { delivery } = upload;
  const { intent, settings, deadline } = delivery;
  const { window, recipe } = intent;
  const ended = new AbortController();
  const packed = packPart(delivery, AbortSignal.any([deadline.signal, ended.signal]));
  upload.packed.push(packed);
  const object = {
    key,
    body: packed.body,
    contentType: contentTypes[recipe.compression],
    metadata: objectMetadata(fileNameOf(delivery), window.start, recipe.format, settings.writerVersion),
  };
  try {
    return { creation: await bucket.create(object, deadline.signal), packed };
  } finally {
    // A body that is waited for no longer may still wait for a table that throttles.
    ended.abort(uploadEnded);
  }
}

/** For a driver that learned before the body's end that the object is there. */
async function packWithoutUpload(delivery: PartDelivery): Promise<PackedPart> {
  const packed = packPart(delivery, delivery.deadline.signal);
  for await (const _ of packed.body) delivery.deadline.signal.throwIfAborted();
  return packed;
}

function foreignObject(key: string, bucket: string): ExportError {
  return new ExportError(
    'object_exists',
    `The bucket ${bucket} holds an object ${key} that this system did not write. It is not overwritten: ` +
      'move it away, or change the prefix in the account record',
  );
}
