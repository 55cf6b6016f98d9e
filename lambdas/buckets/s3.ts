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
  /** A server in place of Amazon's, for local mode and tests. The bucket's name is then part of the path. */
  readonly endpoint?: string | undefined;
  /**
   * The bytes of a part, and of the largest body sent with one request: at least 5 MiB, which is the default. S3 allows
   * 10,000 parts, so the default allows 52 GB. Three parts are held in memory.
   */
  readonly partSize?: number | undefined;
  /** The longest pause before a request is sent a second time, in milliseconds. Default 500. */
  readonly pauseMs?: number | undefined;
  /** A request fails after this time without a byte in either direction, in milliseconds. Default 30,000. */
  readonly silenceMs?: number | undefined;
  /**
   * Called when an unfinished upload could not be removed and may remain in the bucket. Must not
   * throw. Default: emits a process warning.
   */
  readonly onLeftover?: ((failure: ExportError) => void) | undefined;
}

const defaultPartSize = 5 * 1024 * 1024;

/**
 * A customer's bucket in Amazon S3. The only permission it needs is `s3:PutObject` on the keys under `audit/`, and
 * with a KMS key `kms:GenerateDataKey` and, for many parts, `kms:Decrypt`.
 *
 * A body of at most one part is uploaded with one request, a longer one with a multipart upload. Both have the
 * condition that no object with the key exists, and the SDK's CRC checksums, which buckets with Object Lock require.
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
          stopped.throwIfAborted();
          return await createAtOnce(object, first.content, stopped);
        }
        return await upload({ object, first, rest: parts, buffers, step, stop, signal: stopped });
      } catch (thrown) {
        // The request that creates the object never rejects, so it was not sent and nothing was created.
        return refused(toExportError(thrown));
      } finally {
        // Closes the body. Not awaited, because a body may hang. A failure to close it does not matter for the upload.
        parts.return().catch(() => undefined);
      }
    },

    close() {
      client.destroy();
    },
  };
}

/**
 * Settings that the SDK would otherwise read from environment variables and configuration files for each bucket. Those
 * could redirect requests to another host, or disable the checksum, which buckets with Object Lock require.
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
    // With this header the SDK would open a new connection for each request, without the options of `cloudConnections`.
    expectContinueHeader: false,
    requestHandler: {
      httpsAgent: cloudConnections(endpoint),
      connectionTimeout: Math.min(connectMs, silenceMs),
      socketTimeout: silenceMs,
    },
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
  });
}
