import { randomUUID } from 'node:crypto';
import type { LookupFunction } from 'node:net';
import type { GcsDestination } from '../domain/account.ts';
import type { GcsCredential } from '../domain/secret.ts';
import type { Answer, Bucket, NewObject, UploadWatch } from './bucket.ts';
import { cloudConnections } from './cloud-address.ts';
import { answerTo, creationIn } from './gcs-answer.ts';
import { createCrc32c } from './gcs-checksum.ts';
import { connectToGcs, type GcsConnection, type Target } from './gcs-connection.ts';
import { resumeSession } from './gcs-session.ts';
import { googleEndpoint } from './gcs-transport.ts';
import { isPassing, type Purpose } from './gcs-trouble.ts';
import { orAborted } from './or-aborted.ts';
import { createPieceBuffers, inPieces, nextPiece, type Piece, type PieceBuffers } from './pieces.ts';
import { createWithTries, usualPauseMs, usualSilenceMs, withTries } from './tries.ts';

export interface GcsBucketOptions {
  readonly destination: GcsDestination;
  readonly credential: GcsCredential;
  /** A server in place of Google's, for local mode and tests. It then also issues the tokens, at `<endpoint>/token`. */
  readonly endpoint?: string | undefined;
  /** The URL for requesting tokens, if it is neither Google's nor the endpoint's. */
  readonly tokenUrl?: string | undefined;
  /** The bytes of a request, a multiple of 256 KiB. Twice as many are held in memory. Default 8 MiB. */
  readonly chunkSize?: number | undefined;
  /** The longest pause before a request is sent a second time, in milliseconds. Default 500. */
  readonly pauseMs?: number | undefined;
  /** Replaces the usual name resolution. */
  readonly lookup?: LookupFunction | undefined;
  /** A request fails after this time without a byte in either direction, in milliseconds. Default 30,000. */
  readonly silenceMs?: number | undefined;
}

const defaultChunkSize = 8 * 1024 * 1024;
const granule = 256 * 1024;
const success = [200, 201];

/**
 * A bucket in Google Cloud Storage, written with the key of a service account. The only permission it needs is
 * `storage.objects.create`.
 *
 * A body of at most one chunk is uploaded with one request, a longer one with a resumable upload. Only the e-mail and
 * the key of the credential are used. The token is sent only to the endpoint.
 *
 * @throws ExportError `secret_invalid` if the private key cannot be read
 */
export function createGcsBucket(options: GcsBucketOptions): Bucket {
  const { credential, endpoint, tokenUrl, lookup, chunkSize = defaultChunkSize } = options;
  const { pauseMs = usualPauseMs } = options;
  if (chunkSize <= 0 || chunkSize % granule !== 0)
    throw new RangeError(`The chunk size must be a multiple of ${granule}, not ${chunkSize}`);
  const { bucket } = options.destination;
  const buffers = createPieceBuffers(chunkSize);
  const connection = connectToGcs({
    credential,
    endpoint,
    tokenUrl,
    agent: cloudConnections(endpoint, lookup),
    silenceMs: options.silenceMs ?? usualSilenceMs,
  });

  return {
    async create(object, watch) {
      const { signal } = watch;
      const target = { bucket, key: object.key };
      const chunks = inPieces(object.body, buffers, signal);
      try {
        signal.throwIfAborted();
        const first = await orAborted(nextPiece(chunks), signal);
        const upload = { connection, target, object, pauseMs, watch };
        return first.last
          ? await createAtOnce(upload, first.content)
          : await createInChunks(upload, first, chunks, buffers);
      } catch (error) {
        return answerTo(error, target, signal);
      } finally {
        // Closes the body. Not awaited, because a body may hang. A failure to close it does not matter for the upload.
        chunks.return().catch(() => undefined);
      }
    },

    close: () => connection.close(),
  };
}

interface Upload {
  readonly connection: GcsConnection;
  readonly target: Target;
  readonly object: NewObject;
  readonly pauseMs: number;
  readonly watch: UploadWatch;
}

/**
 * Uploads with one multipart request: the object's resource, with the checksum that Google verifies, and its content.
 */
async function createAtOnce(upload: Upload, content: Buffer): Promise<Answer> {
  const { connection, target, object, pauseMs, watch } = upload;
  const { signal } = watch;
  const checksum = createCrc32c();
  checksum.update(content);
  const { contentType, metadata } = object;
  const resource = JSON.stringify({ contentType, metadata, crc32c: checksum.toString() });
  const boundary = randomUUID();
  const data = Buffer.concat([
    Buffer.from(`--${boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n${resource}\r\n`),
    Buffer.from(`--${boundary}\r\nContent-Type: ${contentType}\r\n\r\n`),
    content,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  const purpose: Purpose = { stage: 'storage', creates: true };
  await orAborted(watch.step('creating'), signal);
  const request = {
    method: 'POST',
    url: `${googleEndpoint}/upload/storage/v1/b/${encodeURIComponent(target.bucket)}/o`,
    params: { uploadType: 'multipart', name: target.key, ifGenerationMatch: '0' },
    headers: { 'content-type': `multipart/related; boundary=${boundary}` },
    data,
    purpose,
  } as const;

  return createWithTries(
    async () => {
      try {
        const answer = creationIn(await connection.send(request, success, signal), target, checksum, purpose);
        return { answer, again: false };
      } catch (error) {
        return { answer: answerTo(error, target, signal), again: isPassing(error) };
      }
    },
    { pauseMs, signal },
  );
}

/** Uploads with a resumable upload. The next chunk is read while the previous one is sent. */
async function createInChunks(
  upload: Upload,
  first: Piece,
  chunks: AsyncGenerator<Piece, void>,
  buffers: PieceBuffers,
): Promise<Answer> {
  const { connection, target, object, pauseMs, watch } = upload;
  await orAborted(watch.step('staging'), watch.signal);
  const tries = { pauseMs, signal: watch.signal };
  const url = await withTries(() => connection.begin(target, object, watch.signal), isPassing, tries);
  const session = resumeSession({ connection, url, target, pauseMs });
  const failed = new AbortController();
  const ended = AbortSignal.any([watch.signal, failed.signal]);
  let answer: Answer;
  try {
    let chunk = first;
    while (!chunk.last) {
      const next = orAborted(nextPiece(chunks), ended);
      const [following] = await Promise.all([next, session.put(chunk.content, ended)]);
      buffers.giveBack(chunk.content);
      chunk = following;
    }
    await orAborted(watch.step('creating'), ended);
    answer = await session.finish(chunk.content, ended);
    if (answer.kind === 'created') buffers.giveBack(chunk.content);
  } catch (error) {
    failed.abort(error);
    answer = answerTo(error, target, watch.signal);
  }
  if (answer.kind !== 'created') await session.cancel();
  return answer;
}
