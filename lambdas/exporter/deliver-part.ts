import { type Answer, type Bucket, composed, type NotCreated, refused, unclear } from '../buckets/bucket.ts';
import type { RecordField } from '../domain/audit-record.ts';
import { type Attempt, type Cursor, mayHaveBeenWritten, type UploadStep } from '../domain/cursor.ts';
import type { DeliveredFile } from '../domain/delivered-file.ts';
import { ExportError, toExportError } from '../domain/failure.ts';
import { contentType, objectKey, objectMetadata } from '../domain/object-key.ts';
import { placeName } from '../domain/recipe.ts';
import { type NotNeeded, skipEmptyWindow, withoutObject } from './empty-window.ts';
import { type PackedPart, packPart } from './pack-part.ts';
import { fileNameOf, type PartDelivery } from './part-delivery.ts';
import { reportFailure } from './report-failure.ts';

/**
 * Delivers one file: writes the intent, uploads, sends the events, and finally commits the file's row and the cursor.
 * After a crash between any two of these, the next attempt arrives at the same single object.
 *
 * @returns the cursor after the file; `not-begun` or `superseded` if another exporter of the account was faster, before
 *   or after the upload's first request; `failed` after it has reported a failure that needs a person
 * @throws ExportError with a retryable code, after it has reported it; without a report if it is unknown whether the
 *   attempt is in the ledger
 */
export async function deliverPart(
  delivery: PartDelivery,
): Promise<Cursor | 'not-begun' | 'superseded' | 'failed'> {
  const { account, intent, token, messageId, ports, deadline } = delivery;
  const { accountId } = account;
  const attempt = {
    token,
    place: placeName(intent.recipe.place),
    partBytes: intent.recipe.partBytes,
    startedAt: ports.clock.now(),
    lease: { messageId, until: deadline.end },
  };
  const upload: Upload = {
    delivery,
    attempt,
    begun: undefined,
    step: undefined,
    isSuperseded: false,
    unknown: undefined,
  };
  if (delivery.leasesFirst && !(await note(upload, 'staging'))) return 'not-begun';
  const { answer, packed } = await send(upload);
  if (upload.unknown) throw upload.unknown;
  if (upload.isSuperseded) return upload.begun ? 'superseded' : 'not-begun';
  if (answer.kind === 'refused' || answer.kind === 'unclear') return fail(upload, answer);
  // Nothing was sent for a window without an object, or if a cloud said at once that the object exists. A commit needs the
  // intent all the same.
  if (!upload.begun && !(await note(upload, 'staging'))) return 'not-begun';
  const begun = upload.begun ?? delivery.cursor;
  try {
    if (answer.kind === 'exists' && !answer.afterUnclear) {
      const present = await ports.ledger.readCursor(accountId);
      if (present?.version !== begun.version) return 'superseded';
      if (!mayHaveBeenWritten(present.attempts, attempt))
        return fail(upload, refused(foreignObject(delivery, answer.words)));
    }
    const { file, lacking } = await describeFile(
      upload,
      begun,
      answer.kind === 'not needed' ? 'no object' : packed,
    );
    // Before the commit: a crash in between repeats the events. After the commit, a crash would lose them.
    await ports.events.delivered(accountId, file);
    if (begun.failures > 0) await ports.events.recovered(accountId, file, begun.failures);
    if (begun.deliveredTo !== undefined && begun.deliveredTo !== attempt.place)
      await ports.events.redirected(accountId, file, begun.deliveredTo);
    const accepted = answer.kind === 'not needed' ? { acceptedAt: answer.acceptedAt } : {};
    const committed = await ports.ledger.commit(accountId, { ...begun, ...accepted }, file);
    if (!committed) return 'superseded';
    ports.telemetry.delivered(accountId, file);
    if (lacking.length > 0) ports.telemetry.lacking(accountId, file, lacking);
    return committed;
  } catch (thrown) {
    return fail(upload, unclear(toExportError(thrown)));
  }
}

/** An attempt in progress. */
interface Upload {
  readonly delivery: PartDelivery;
  readonly attempt: Omit<Attempt, 'step'>;
  /** The cursor with the attempt in it; absent until the first request is about to be sent. */
  begun: Cursor | undefined;
  /** The step that is stored in the ledger. */
  step: UploadStep | undefined;
  /** True if another exporter has continued from the same cursor. */
  isSuperseded: boolean;
  /** Set if it is unknown whether the ledger has the attempt. Nothing was sent then. */
  unknown: ExportError | undefined;
}

/** The outcome of an upload, and the part that was uploaded. */
interface Sent {
  readonly answer: Answer | NotNeeded;
  readonly packed: PackedPart | undefined;
}

/**
 * Uploads the part. If the cloud rejects the credential, and the secret has changed, uploads again with the new one.
 */
async function send(upload: Upload): Promise<Sent> {
  const { account, admitted, ports } = upload.delivery;
  const first = await sendTo(upload, () => ports.buckets.open(account, admitted.patience));
  if (!('failure' in first.answer) || first.answer.failure.code !== 'credentials_rejected') return first;
  const second = await sendTo(upload, () => ports.buckets.reopen(account, admitted.patience));
  if (second === undefined || second.answer.kind === 'not needed') return second ?? first;
  return { ...second, answer: composed(first.answer, second.answer) };
}

async function sendTo(upload: Upload, open: () => Promise<Bucket>): Promise<Sent>;
async function sendTo(upload: Upload, open: () => Promise<Bucket | undefined>): Promise<Sent | undefined>;
async function sendTo(upload: Upload, open: () => Promise<Bucket | undefined>): Promise<Sent | undefined> {
  let bucket: Bucket | undefined;
  try {
    bucket = await open();
  } catch (thrown) {
    return { answer: refused(toExportError(thrown)), packed: undefined };
  }
  return bucket && create(upload, bucket);
}

/**
 * The reason for aborting reads that are no longer needed. A constant, because creating an error for each file is slow.
 */
const uploadEnded = 'The upload is over';

async function create(upload: Upload, bucket: Bucket): Promise<Sent> {
  const { delivery } = upload;
  const { intent, settings, deadline } = delivery;
  const { window, recipe } = intent;
  const ended = new AbortController();
  const packed = packPart(delivery, AbortSignal.any([deadline.signal, ended.signal]));
  const object = {
    key: keyOf(delivery),
    body: packed.body,
    contentType: contentType(recipe.format, recipe.compression),
    metadata: objectMetadata(fileNameOf(delivery), window.start, recipe.format, settings.writerVersion),
  };
  try {
    const skipped = await skipEmptyWindow(delivery, bucket, packed);
    if (skipped) return { answer: skipped, packed: undefined };
    const watch = { signal: deadline.signal, step: (step: UploadStep) => noteStep(upload, step) };
    const answer = await bucket.create(object, watch);
    await delivery.admitted.heard(answer);
    return { answer, packed };
  } finally {
    // Stop reading: the query may still be retrying a throttled table.
    ended.abort(uploadEnded);
  }
}

/**
 * Stores the attempt with its step, right before the request that the step is about: an attempt that is killed earlier
 * has created nothing, and the ledger shows it. Never goes back from `creating`: the upload with a first credential may
 * have created the object, even if a second upload only stages.
 *
 * @returns false if another exporter has continued from the same cursor
 */
async function note(upload: Upload, step: UploadStep): Promise<boolean> {
  const { delivery, attempt, begun } = upload;
  const { account, cursor, intent, ports } = delivery;
  if (upload.step === 'creating' || upload.step === step) return true;
  if (begun === undefined) {
    try {
      upload.begun = await ports.ledger.begin(account.accountId, cursor, intent, { ...attempt, step });
    } catch (thrown) {
      upload.unknown = toExportError(thrown);
      throw upload.unknown;
    }
  } else if (!(await ports.ledger.noteCreating(account.accountId, begun, attempt))) return false;
  if (upload.begun === undefined) return false;
  upload.step = step;
  return true;
}

/** @throws ExportError if another exporter has continued from the same cursor: the upload must then not create the object */
async function noteStep(upload: Upload, step: UploadStep): Promise<void> {
  if (await note(upload, step)) return;
  upload.isSuperseded = true;
  throw new ExportError('internal', 'Another exporter has continued the export of the account');
}

async function describeFile(
  { delivery, attempt }: Upload,
  begun: Cursor,
  packed: PackedPart | 'no object' | undefined,
): Promise<{ file: DeliveredFile; lacking: readonly RecordField[] }> {
  const { window, part, recipe } = delivery.intent;
  const { format, compression, mapping, place } = recipe;
  // The body of an existing object may not have been read. Packing the same rows again gives the same bytes.
  const { rows, lacking, archive } =
    packed === 'no object' ? withoutObject : (packed?.figures() ?? (await packWithoutUpload(delivery)));
  const file = {
    window,
    part,
    ...rows,
    place,
    ...(packed !== 'no object' && { key: keyOf(delivery) }),
    format,
    compression,
    mapping,
    ...archive,
    attempt: begun.attempts.length,
    startedAt: attempt.startedAt,
    deliveredAt: delivery.ports.clock.now(),
  };
  return { file, lacking };
}

/** Computes the figures without an upload, for an object whose existence the driver learned before the body's end. */
async function packWithoutUpload(delivery: PartDelivery) {
  const { signal } = delivery.deadline;
  const packed = packPart(delivery, signal);
  for await (const _ of packed.body) signal.throwIfAborted();
  const figures = packed.figures();
  if (figures) return figures;
  throw new TypeError('The part is not read to its end');
}

async function fail(
  { delivery, begun, attempt, step }: Upload,
  { kind, failure }: NotCreated,
): Promise<'failed'> {
  const { account, cursor, intent, ports } = delivery;
  // The ledger may have the attempt, although the answer to its begin was lost.
  const noted = step ? { ...attempt, step } : cursor.attempts.find(other => other.token === attempt.token);
  const ended = noted && { attempt: noted, became: kind };
  const at = { cursor: begun ?? cursor, window: intent.window, ...(ended && { ended }) };
  await reportFailure(account.accountId, failure, at, ports);
  if (failure.retryable) throw failure;
  return 'failed';
}

function keyOf(delivery: PartDelivery): string {
  return objectKey(delivery.intent.recipe.place.prefix, fileNameOf(delivery));
}

function foreignObject(delivery: PartDelivery, words: string): ExportError {
  return new ExportError(
    'object_exists',
    `The bucket ${delivery.intent.recipe.place.bucket} holds an object ${keyOf(delivery)} that this system did not ` +
      `write (${words}). It is not overwritten: move it away, or change the prefix in the account record`,
  );
}
