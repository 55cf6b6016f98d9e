import { type Answer, type Bucket, composed, type NotCreated, refused, unclear } from '../buckets/bucket.ts';
import type { RecordField } from '../domain/audit-record.ts';
import {
  type Attempt,
  type Cursor,
  mayHaveBeenWritten,
  sizeOfPresumed,
  type UploadStep,
} from '../domain/cursor.ts';
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
  const { account, cursor, intent, token, messageId, ports, deadline } = delivery;
  const { accountId } = account;
  const attempt: Attempt = {
    token,
    place: placeName(intent.recipe.place),
    partBytes: intent.recipe.partBytes,
    startedAt: ports.clock.now(),
    lease: { messageId, until: deadline.end },
  };
  const begun = await ports.ledger.begin(accountId, cursor, intent, attempt);
  if (!begun) return 'not-begun';
  const upload: Upload = { delivery, begun, attempt, step: undefined, isSuperseded: false };
  const { answer, packed } = await send(upload);
  if (upload.isSuperseded) return 'superseded';
  if (answer.kind === 'refused' || answer.kind === 'unclear') return fail(upload, answer);
  try {
    if (answer.kind === 'exists' && !answer.afterUnclear) {
      const present = await ports.ledger.readCursor(accountId);
      if (present?.version !== begun.version) return 'superseded';
      if (!mayHaveBeenWritten(present.attempts, attempt)) {
        const size = sizeOfPresumed(present.attempts, attempt);
        if (size === undefined) return fail(upload, refused(foreignObject(delivery, answer.words)));
        return deliverPart(atSize(delivery, present, size));
      }
    }
    const { file, lacking } = await describeFile(upload, packed);
    // Told before the commit: whoever crashes here tells it once more rather than never.
    await ports.events.delivered(accountId, file);
    if (begun.failures > 0) await ports.events.recovered(accountId, file, begun.failures);
    if (begun.deliveredTo !== undefined && begun.deliveredTo !== attempt.place)
      await ports.events.redirected(accountId, file, begun.deliveredTo);
    const committed = await ports.ledger.commit(accountId, begun, file);
    if (!committed) return 'superseded';
    ports.telemetry.delivered(accountId, file);
    if (lacking.length > 0) ports.telemetry.lacking(accountId, file, lacking);
    return committed;
  } catch (thrown) {
    return fail(upload, unclear(toExportError(thrown)));
  }
}

/**
 * The same part as an attempt before cut it, from a cursor without this attempt, which created nothing. Whatever is found
 * there then has the rows up to the same one.
 */
function atSize(delivery: PartDelivery, present: Cursor, partBytes: number): PartDelivery {
  const { intent, token, ports } = delivery;
  const attempts = present.attempts.filter(other => other.token !== token);
  return {
    ...delivery,
    cursor: { ...present, attempts },
    intent: { ...intent, recipe: { ...intent.recipe, partBytes } },
    token: ports.clock.token(),
  };
}

/** One attempt at a part on its way. */
interface Upload {
  readonly delivery: PartDelivery;
  readonly begun: Cursor;
  readonly attempt: Attempt;
  /** What of the attempt's progress stands in the ledger. */
  step: UploadStep | undefined;
  /** True once another exporter is found to have gone on from the same cursor. */
  isSuperseded: boolean;
}

/** What became of an upload, and what it was made of. */
interface Sent {
  readonly answer: Answer;
  readonly packed: PackedPart | undefined;
}

/** Uploads with the credential at hand and, if that is rejected and was rotated meanwhile, once more with the new one. */
async function send(upload: Upload): Promise<Sent> {
  const { account, admitted, ports } = upload.delivery;
  const first = await sendTo(upload, () => ports.buckets.open(account, admitted.patience));
  if (!('failure' in first.answer) || first.answer.failure.code !== 'credentials_rejected') return first;
  const second = await sendTo(upload, () => ports.buckets.reopen(account, admitted.patience));
  return second ? { ...second, answer: composed(first.answer, second.answer) } : first;
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

/** Why reading is stopped; a constant, since an error of its own for each file costs more than the stop. */
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
    contentType: contentTypes[recipe.compression],
    metadata: objectMetadata(fileNameOf(delivery), window.start, recipe.format, settings.writerVersion),
  };
  try {
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
 * Notes how far an upload of several requests has come, and never less far: what a first credential may have created
 * stands, whatever the second one does.
 *
 * @throws ExportError if another exporter has gone on from the same cursor: the upload must not create the object then
 */
async function noteStep(upload: Upload, step: UploadStep): Promise<void> {
  if (upload.step === 'creating' || upload.step === step) return;
  const { delivery, begun, attempt } = upload;
  const { account, ports } = delivery;
  if (await ports.ledger.noteStep(account.accountId, begun, attempt, step)) {
    upload.step = step;
    return;
  }
  upload.isSuperseded = true;
  throw new ExportError('internal', 'Another exporter has gone on with the account meanwhile');
}

async function describeFile(
  { delivery, begun, attempt }: Upload,
  packed: PackedPart | undefined,
): Promise<{ file: DeliveredFile; lacking: readonly RecordField[] }> {
  const { window, part, recipe } = delivery.intent;
  const { format, compression, place } = recipe;
  // The same rows give the same bytes, whoever wrote them.
  const { rows, lacking, archive } = packed?.figures() ?? (await packWithoutUpload(delivery));
  const file = {
    window,
    part,
    ...rows,
    place,
    key: keyOf(delivery),
    format,
    compression,
    ...archive,
    attempt: begun.attempts.length,
    startedAt: attempt.startedAt,
    deliveredAt: delivery.ports.clock.now(),
  };
  return { file, lacking };
}

/** For a driver that learned before the body's end that the object is there. */
async function packWithoutUpload(delivery: PartDelivery) {
  const { signal } = delivery.deadline;
  const packed = packPart(delivery, signal);
  for await (const _ of packed.body) signal.throwIfAborted();
  const figures = packed.figures();
  if (figures) return figures;
  throw new TypeError('The part is not read to its end');
}

async function fail({ delivery, begun, attempt }: Upload, { kind, failure }: NotCreated): Promise<'failed'> {
  const { account, intent, ports } = delivery;
  const ended = { attempt, became: kind };
  await reportFailure(account.accountId, failure, { cursor: begun, window: intent.window, ended }, ports);
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
