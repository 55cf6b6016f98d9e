import { PutObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { S3Destination } from '../domain/account.ts';
import { type ExportError, toExportError } from '../domain/failure.ts';
import type { S3Credential } from '../domain/secret.ts';
import { type Answer, type Bucket, type NewObject, refused } from './bucket.ts';
import { cloudConnections } from './cloud-address.ts';
import { orAborted } from './or-aborted.ts';
import { createPieceBuffers, inPieces, nextPiece } from './pieces.ts';
import { createS3Requests } from './s3-requests.ts';
import { encryptionOf, locationOf } from './s3-target.ts';
import { createMultipartUpload } from './s3-upload.ts';
import { connectMs, usualPauseMs, usualSilenceMs } from './tries.ts';

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
  /** The longest pause before a request is sent a second time, in milliseconds. Default 500. */
  readonly pauseMs?: number | undefined;
  /** Milliseconds that a request may go without a byte in either direction. Default 30,000. */
  readonly silenceMs?: number | undefined;
  /** Told when an unfinished upload could not be removed and may stay in the bucket; must not throw. Default: a process warning. */
  readonly onLeftover?: ((failure: ExportError) => void) | undefined;
}

const defaultPartSize = 5 * 1024 * 1024;

/**
 * A customer's bucket in Amazon S3. The only permission it needs is `s3:PutObject` on the keys under `audit/`, and
 * with a KMS key `kms:GenerateDataKey` and, for many parts, `kms:Decrypt`.
 *
 * A body of at most one part is created by one request, a longer one by a multipart upload; both on the condition
 * that no object has the key, and with the SDK's CRC checksums, which buckets with Object Lock demand.
 */
export function createS3Bucket(options: S3BucketOptions): Bucket {
  const { destination, partSize = defaultPartSize, pauseMs = usualPauseMs } = options;
  const client = createClient(options);
  const requests = createS3Requests(destination, pauseMs);
  const buffers = createPieceBuffers(partSize);
  const upload = createMultipartUpload({
    client,
    requests,
    destination,
    onLeftover: options.onLeftover ?? (failure => process.emitWarning(failure)),
  });

  function createAtOnce(object: NewObject, content: Buffer, signal: AbortSignal): Promise<Answer> {
    const command = {
      ...locationOf(destination, object),
      ...encryptionOf(destination),
      ContentType: object.contentType,
      Metadata: { ...object.metadata },
      Body: content,
      IfNoneMatch: '*',
    };
    return requests.create(sending => client.send(new PutObjectCommand(command), sending), signal);
  }

  return {
    async create(object, { signal, step }) {
      const stop = new AbortController();
      const stopped = AbortSignal.any([signal, stop.signal]);
      const parts = inPieces(object.body, buffers, stopped);
      try {
        stopped.throwIfAborted();
        const first = await orAborted(nextPiece(parts), stopped);
        if (first.last) {
          await step('creating');
          return await createAtOnce(object, first.content, stopped);
        }
        return await upload({ object, first, rest: parts, buffers, step, stop, signal: stopped });
      } catch (thrown) {
        // The request that creates the object does not reject, so nothing was created.
        return refused(toExportError(thrown));
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

/**
 * What the SDK would else look up for each bucket in variables and configuration files. These could move requests to another
 * host, or leave out the checksum, without which a bucket with Object Lock takes nothing.
 */
const fixedSettings = {
  ignoreConfiguredEndpointUrls: true,
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
  useArnRegion: false,
  disableS3ExpressSessionAuth: true,
  requestChecksumCalculation: 'WHEN_SUPPORTED',
  responseChecksumValidation: 'WHEN_REQUIRED',
  authSchemePreference: [],
  defaultsMode: 'standard',
  retryMode: 'standard',
  userAgentAppId: '',
} satisfies S3ClientConfig;

function createClient({
  destination,
  credential,
  endpoint,
  silenceMs = usualSilenceMs,
}: S3BucketOptions): S3Client {
  const { accessKeyId, secretAccessKey, sessionToken } = credential;
  return new S3Client({
    region: destination.region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    ...fixedSettings,
    // A redirect would hide that the account record names the wrong region.
    followRegionRedirects: false,
    maxAttempts: 1,
    // With that header the SDK's handler leaves its agent, and so what `cloudConnections` sets, for a new connection each time.
    expectContinueHeader: false,
    requestHandler: {
      httpsAgent: cloudConnections(endpoint),
      connectionTimeout: Math.min(connectMs, silenceMs),
      socketTimeout: silenceMs,
    },
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
  });
}
