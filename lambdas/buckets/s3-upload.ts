import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { S3Destination } from '../domain/account.ts';
import { ExportError, toExportError } from '../domain/failure.ts';
import type { Creation, NewObject } from './bucket.ts';
import { orAborted } from './or-aborted.ts';
import { nextPiece, type Piece, type PieceBuffers } from './pieces.ts';
import type { S3Requests } from './s3-requests.ts';
import { encrypting, placing } from './s3-target.ts';

/** With one part being filled beside them, this bounds the memory. */
const partsInFlight = 2;

/** How long an upload that failed may take to clean up behind itself, in milliseconds. */
const abandoningTime = 10_000;

interface Upload {
  readonly object: NewObject;
  readonly first: Piece;
  readonly rest: AsyncGenerator<Piece, void>;
  readonly buffers: PieceBuffers;
  /** Stops the reading of the body and every request when one part fails. */
  readonly stop: AbortController;
  /** Aborts when `stop` does, and when the caller says so. */
  readonly signal: AbortSignal;
}

interface Dependencies {
  readonly client: S3Client;
  readonly requests: S3Requests;
  readonly destination: S3Destination;
  readonly onLeftover: (failure: ExportError) => void;
}

/**
 * Creates an object by a multipart upload, and removes the upload whenever it is not completed.
 *
 * One leftover cannot be prevented: when the answer to the request that begins an upload is lost, nobody knows the
 * upload's id. A lifecycle rule on the bucket (AbortIncompleteMultipartUpload) clears such uploads away.
 */
export function createMultipartUpload({ client, requests, destination, onLeftover }: Dependencies) {
  return async ({ object, first, rest, buffers, stop, signal }: Upload): Promise<Creation> => {
    const place = placing(destination, object);
    const UploadId = await begin();
    const uploading = new Set<Promise<void>>();
    const completed: CompletedPart[] = [];
    try {
      start(first, 1);
      for (let part = first, number = 2; !part.last; number++) {
        part = await orAborted(nextPiece(rest), signal);
        start(part, number);
        if (uploading.size >= partsInFlight) await Promise.race(uploading);
        signal.throwIfAborted();
      }
      await Promise.all(uploading);
      const creation = await complete();
      if (creation !== 'created') await abandon();
      return creation;
    } catch (thrown) {
      stop.abort(thrown);
      await Promise.all(uploading);
      await abandon();
      throw thrown;
    }

    async function begin(): Promise<string> {
      const command = new CreateMultipartUploadCommand({
        ...place,
        ...encrypting(destination),
        ContentType: object.contentType,
        Metadata: { ...object.metadata },
        ChecksumAlgorithm: 'CRC32',
      });
      // The request itself is not aborted: the upload might have begun, and its id would be lost.
      const { UploadId } = await requests.request(() => client.send(command), signal);
      if (UploadId !== undefined) return UploadId;
      throw new ExportError(
        'destination_rejected',
        `S3 began an upload to the bucket ${destination.bucket} without an id`,
      );
    }

    /** Never rejects: a part that fails stops the upload, with the failure as the signal's reason. */
    function start({ content }: Piece, PartNumber: number): void {
      const command = { ...place, UploadId, PartNumber, Body: content };
      const upload = requests
        .request(sending => client.send(new UploadPartCommand(command), sending), signal)
        .then(
          ({ ETag, ChecksumCRC32 }) => {
            completed[PartNumber - 1] = { PartNumber, ETag, ChecksumCRC32 };
            buffers.giveBack(content);
          },
          (failure: unknown) => stop.abort(failure),
        )
        .finally(() => uploading.delete(upload));
      uploading.add(upload);
    }

    async function complete(): Promise<Creation> {
      signal.throwIfAborted();
      const command = { ...place, UploadId, MultipartUpload: { Parts: completed }, IfNoneMatch: '*' };
      const outcome = await requests.attempt(
        sending => client.send(new CompleteMultipartUploadCommand(command), sending),
        ['PreconditionFailed', 'NoSuchUpload'],
        signal,
      );
      if (outcome.refusal === undefined) return 'created';
      if (outcome.refusal === 'NoSuchUpload') return await seeWhetherCompleted(outcome.unclear);
      return outcome.unclear ? 'exists-perhaps-ours' : 'exists';
    }

    /**
     * The upload is gone: completed by an attempt whose answer was lost, or cleared away by somebody. Looking needs a
     * permission that customers seldom give; without it the failure stands, and the next export finds the object.
     */
    async function seeWhetherCompleted(unclear: boolean): Promise<Creation> {
      const found =
        unclear &&
        (await requests
          .request(sending => client.send(new HeadObjectCommand(place), sending), signal)
          .then(
            () => true,
            () => false,
          ));
      signal.throwIfAborted();
      if (found) return 'exists-perhaps-ours';
      throw new ExportError(
        'destination_unavailable',
        `The unfinished upload to the S3 bucket ${destination.bucket} disappeared`,
      );
    }

    async function abandon(): Promise<void> {
      try {
        await requests.attempt(
          sending => client.send(new AbortMultipartUploadCommand({ ...place, UploadId }), sending),
          ['NoSuchUpload'],
          AbortSignal.timeout(abandoningTime),
        );
      } catch (thrown) {
        const cause = toExportError(thrown);
        onLeftover(
          new ExportError(
            cause.code,
            `An unfinished upload of ${object.key} may remain in the S3 bucket ${destination.bucket}; a lifecycle rule (AbortIncompleteMultipartUpload) removes it`,
            { cause },
          ),
        );
      }
    }
  };
}
