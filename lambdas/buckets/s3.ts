import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { S3Destination } from '../domain/account.ts';
import type { ExportError } from '../domain/failure.ts';
import type { S3Credential } from '../domain/secret.ts';
import type { Bucket, Creation, NewObject } from './bucket.ts';
import { cloudConnections } from './cloud-address.ts';
import { orAborted } from './or-aborted.ts';
import { createPieceBuffers, inPieces, nextPiece } from './pieces.ts';
import { createS3Requests, type S3Retry } from './s3-requests.ts';
import { encrypting, placing } from './s3-target.ts';
import { createMultipartUpload } from './s3-upload.ts';

export interface S3BucketOptions {
  readonly destination: S3Destination;
  /** The customer's access key, or temporary credentials of the customer's role. */
  readonly credential: S3Credential;
  /** Another server than Amazon's, addressed with the bucket in the path: local mode and tests. */
  readonly endpoint?: string | undefined;
  /**
   * Bytes a part, and of the largest body that goes in one request; at least 5 MiB, which is the default. S3 takes 10,000
   * parts, so the default ends at 52 GB. Three parts are held in memory.
   */
  readonly partSize?: number | undefined;
  readonly retry?: Partial<S3Retry> | undefined;
  /** Milliseconds to wait for a connection, for a byte to move, and for the answer. */
  readonly timeouts?: Partial<S3Timeouts> | undefined;
  /** Told when an unfinished upload could not be removed and may stay in the bucket. Default: a process warning. */
  readonly onLeftover?: ((failure: ExportError) => void) | undefined;
}

export interface S3Timeouts {
  readonly connection: number;
  readonly idle: number;
  readonly request: number;
}

const defaultPartSize = 5 * 1024 * 1024;
const defaultRetry: S3Retry = { attempts: 6, baseDelayMs: 500 };
const defaultTimeouts: S3Timeouts = { connection: 5_000, idle: 30_000, request: 120_000 };

/**
 * A customer's bucket in Amazon S3. The only permission it needs is `s3:PutObject` on the keys under `audit/`, and
 * with a KMS key `kms:GenerateDataKey` and, for many parts, `kms:Decrypt`.
 *
 * A body of at most one part is created by one request, a longer one by a multipart upload; both on the condition
 * that no object has the key, and with the SDK's CRC checksums, which buckets with Object Lock demand.
 */
export function createS3Bucket(options: S3BucketOptions): Bucket {
  const { destination, partSize = defaultPartSize } = options;
  const client = createClient(options);
  const requests = createS3Requests(destination, { ...defaultRetry, ...options.retry });
  const buffers = createPieceBuffers(partSize);
  const upload = createMultipartUpload({
    client,
    requests,
    destination,
    onLeftover: options.onLeftover ?? (failure => process.emitWarning(failure)),
  });

  async function createAtOnce(object: NewObject, content: Buffer, signal: AbortSignal): Promise<Creation> {
    const outcome = await requests.attempt(
      sending =>
        client.send(
          new PutObjectCommand({
            ...placing(destination, object),
            ...encrypting(destination),
            ContentType: object.contentType,
            Metadata: { ...object.metadata },
            Body: content,
            IfNoneMatch: '*',
          }),
          sending,
        ),
      ['PreconditionFailed'],
      signal,
    );
    if (outcome.refusal === undefined) return 'created';
    return outcome.unclear ? 'exists-perhaps-ours' : 'exists';
  }

  return {
    async create(object, signal) {
      signal.throwIfAborted();
      const stop = new AbortController();
      const stopped = AbortSignal.any([signal, stop.signal]);
      const parts = inPieces(object.body, buffers, stopped);
      try {
        const first = await orAborted(nextPiece(parts), stopped);
        if (first.last) return await createAtOnce(object, first.content, stopped);
        return await upload({ object, first, rest: parts, buffers, stop, signal: stopped });
      } finally {
        // Lets the body go when the upload ended before it did. Not awaited, as a body may hang; a failure to close it
        // says nothing about the upload.
        parts.return().catch(() => undefined);
      }
    },

    close() {
      client.destroy();
    },
  };
}

function createClient({ destination, credential, endpoint, timeouts }: S3BucketOptions): S3Client {
  const { accessKeyId, secretAccessKey, sessionToken } = credential;
  const { connection, idle, request } = { ...defaultTimeouts, ...timeouts };
  return new S3Client({
    region: destination.region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    // A redirect would hide that the account record names the wrong region.
    followRegionRedirects: false,
    maxAttempts: 1,
    ignoreConfiguredEndpointUrls: true,
    requestHandler: {
      httpsAgent: cloudConnections(endpoint),
      connectionTimeout: connection,
      socketTimeout: idle,
      requestTimeout: request,
      throwOnRequestTimeout: true,
    },
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
  });
}
