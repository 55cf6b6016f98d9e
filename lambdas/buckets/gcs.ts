import { randomUUID } from 'node:crypto';
import type { LookupFunction } from 'node:net';
import type { GcsDestination } from '../domain/account.ts';
import type { GcsCredential } from '../domain/secret.ts';
import type { Bucket, Creation, NewObject } from './bucket.ts';
import { cloudConnections } from './cloud-address.ts';
import { createCrc32c } from './gcs-checksum.ts';
import { connectToGcs, type GcsConnection } from './gcs-connection.ts';
import { GcsTrouble, toGcsFailure } from './gcs-failure.ts';
import { type RetryTuning, retrying } from './gcs-retry.ts';
import { checkStored, contentTimeoutMs, resumeSession } from './gcs-session.ts';
import { orAborted } from './or-aborted.ts';
import { createPieceBuffers, inPieces, nextPiece, type Piece, type PieceBuffers } from './pieces.ts';

export interface GcsBucketOptions {
  readonly destination: GcsDestination;
  readonly credential: GcsCredential;
  /** Another server than Google's, which then also issues the tokens, at `<endpoint>/token`: local mode and tests. */
  readonly endpoint?: string | undefined;
  /** Where tokens are asked for, if neither at Google's nor at the endpoint. */
  readonly tokenUrl?: string | undefined;
  /** Bytes a request, a multiple of 256 KiB; twice as many are held in memory. Default 8 MiB. */
  readonly chunkSize?: number | undefined;
  readonly retry?: Partial<RetryTuning> | undefined;
  /** In place of the usual name resolution. */
  readonly lookup?: LookupFunction | undefined;
}

const defaultChunkSize = 8 * 1024 * 1024;
const granule = 256 * 1024;
const defaultRetry: RetryTuning = { attempts: 4, baseDelayMs: 500, maxDelayMs: 16_000 };

/**
 * A bucket in Google Cloud Storage, written with the key of a service account. The only permission it needs is
 * `storage.objects.create`.
 *
 * A body of at most one chunk is created by one request, a longer one by a resumable upload. Nothing of the
 * credential but e-mail and key is used, and the token goes to no other host than the endpoint.
 *
 * @throws ExportError `secret_invalid` if the private key cannot be read
 */
export function createGcsBucket(options: GcsBucketOptions): Bucket {
  const { credential, endpoint, tokenUrl, lookup, chunkSize = defaultChunkSize } = options;
  if (chunkSize <= 0 || chunkSize % granule !== 0)
    throw new RangeError(`The chunk size must be a multiple of ${granule}, not ${chunkSize}`);
  const bucket = options.destination.bucket;
  const tuning: RetryTuning = { ...defaultRetry, ...options.retry };
  const buffers = createPieceBuffers(chunkSize);
  const connections = cloudConnections(endpoint, lookup);
  const connection = connectToGcs({ credential, endpoint, tokenUrl, connections });

  return {
    async create(object, signal) {
      signal.throwIfAborted();
      const chunks = inPieces(object.body, buffers, signal);
      try {
        const first = await orAborted(nextPiece(chunks), signal);
        const upload = { connection, bucket, object, tuning, signal };
        return first.last
          ? await createAtOnce(upload, first.content)
          : await createInChunks(upload, first, chunks, buffers);
      } catch (error) {
        signal.throwIfAborted();
        throw error instanceof GcsTrouble ? toGcsFailure(error, bucket) : error;
      } finally {
        // Lets the body clean up. Not waited for: it may be in the middle of a read that never ends. A failure to close it
        // says nothing about the upload.
        chunks.return().catch(() => undefined);
      }
    },

    close: () => connection.close(),
  };
}

interface Upload {
  readonly connection: GcsConnection;
  readonly bucket: string;
  readonly object: NewObject;
  readonly tuning: RetryTuning;
  readonly signal: AbortSignal;
}

/** One multipart request: the object's resource, with the checksum to verify, and its content. */
async function createAtOnce(
  { connection, bucket, object, tuning, signal }: Upload,
  content: Buffer,
): Promise<Creation> {
  const checksum = createCrc32c();
  checksum.update(content);
  const { contentType, metadata } = object;
  const resource = JSON.stringify({ contentType, metadata, crc32c: checksum.toString() });
  const boundary = randomUUID();
  const body = Buffer.concat([
    Buffer.from(`--${boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n${resource}\r\n`),
    Buffer.from(`--${boundary}\r\nContent-Type: ${contentType}\r\n\r\n`),
    content,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  const query = new URLSearchParams({ uploadType: 'multipart', name: object.key, ifGenerationMatch: '0' });
  const request = {
    method: 'POST',
    url: `${connection.endpoint}/upload/storage/v1/b/${bucket}/o?${query}`,
    headers: { 'content-type': `multipart/related; boundary=${boundary}` },
    body,
    stage: 'storage',
    timeoutMs: contentTimeoutMs,
  } as const;

  let repeated = false;
  try {
    const answer = await retrying(
      () => connection.send(request, [200, 201], signal),
      tuning,
      signal,
      trouble => {
        repeated ||= trouble.unclear;
      },
    );
    checkStored(answer.data, checksum);
    return 'created';
  } catch (error) {
    return existing(error, repeated);
  }
}

/** A resumable upload; while one chunk is on its way, the next one is read. */
async function createInChunks(
  { connection, bucket, object, tuning, signal }: Upload,
  first: Piece,
  chunks: AsyncGenerator<Piece, void>,
  buffers: PieceBuffers,
): Promise<Creation> {
  const { key, contentType, metadata } = object;
  let uri: string;
  try {
    const begin = () => connection.beginUpload({ bucket, key, contentType, metadata }, signal);
    uri = await retrying(begin, tuning, signal);
  } catch (error) {
    return existing(error, false);
  }

  const session = resumeSession(connection, uri, tuning);
  const failed = new AbortController();
  const ended = AbortSignal.any([signal, failed.signal]);
  try {
    let chunk = first;
    while (!chunk.last) {
      const next = orAborted(nextPiece(chunks), ended);
      const [following] = await Promise.all([next, session.put(chunk, ended)]);
      buffers.giveBack(chunk.content);
      chunk = following;
    }
    await session.put(chunk, ended);
    buffers.giveBack(chunk.content);
    return 'created';
  } catch (error) {
    failed.abort(error);
    await session.cancel();
    return existing(error, session.repeated);
  }
}

/** What it means that the object is there already; any other error goes on, marked if the request was repeated. */
function existing(error: unknown, repeated: boolean): Creation {
  if (!(error instanceof GcsTrouble)) throw error;
  if (!isThere(error)) {
    error.repeated = repeated;
    throw error;
  }
  return repeated ? 'exists-perhaps-ours' : 'exists';
}

/** A credential that may only create is also refused as one that may not delete, which overwriting would need. */
function isThere({ status, explanation }: GcsTrouble): boolean {
  return status === 412 || (status === 403 && explanation?.includes('storage.objects.delete') === true);
}
