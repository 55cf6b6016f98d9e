import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { S3Destination } from '../domain/account.ts';
import { ExportError, toExportError } from '../domain/failure.ts';
import { answerOf } from './aws-answer.ts';
import type { Answer, NewObject, UploadWatch } from './bucket.ts';
import { orAborted } from './or-aborted.ts';
import { nextPiece, type Piece, type PieceBuffers } from './pieces.ts';
import { unreadableSuccess } from './s3-failure.ts';
import type { S3Requests } from './s3-requests.ts';
import { encryptionOf, locationOf } from './s3-target.ts';

/** With one part being filled beside them, this bounds the memory. */
const partsInFlight = 2;

/** How long an upload that failed may take to clean up behind itself, in milliseconds. */
const abandoningTime = 10_000;

interface Upload {
  readonly object: NewObject;
  readonly first: Piece;
  readonly rest: AsyncGenerator<Piece, void>;
  readonly buffers: PieceBuffers;
  readonly step: UploadWatch['step'];
  /** Stops the reading of the body and every request when one part fails. */
  readonly stop: AbortController;
  /** Aborts when `stop` does, and when the watch's signal does. */
  readonly signal: AbortSignal;
}

interface Dependencies {
  readonly client: S3Client;
  readonly requests: S3Requests;
  readonly destination: S3Destination;
  readonly onLeftover: (failure: ExportError) => void;
}

/**
 * Creates an object by a multipart upload, and removes the upload whenever it was not seen to be completed. What it
 * throws happened before the request that creates the object.
 *
 * One leftover cannot be prevented: when the answer to the request that begins an upload is lost, nobody knows the
 * upload's id. A lifecycle rule on the bucket (AbortIncompleteMultipartUpload) clears such uploads away.
 */
export function createMultipartUpload({ client, requests, destination, onLeftover }: Dependencies) {
  return async ({ object, first, rest, buffers, step, stop, signal }: Upload): Promise<Answer> => {
    const place = locationOf(destination, object);
    await step('staging');
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
      signal.throwIfAborted();
      await step('creating');
    } catch (thrown) {
      stop.abort(thrown);
      await Promise.all(uploading);
      await abandon();
      throw thrown;
    }
    const answer = await complete();
    if (answer.kind !== 'created') await abandon();
    return answer;

    async function begin(): Promise<string> {
      const command = new CreateMultipartUploadCommand({
        ...place,
        ...encryptionOf(destination),
        ContentType: object.contentType,
        Metadata: { ...object.metadata },
        ChecksumAlgorithm: 'CRC32',
      });
      // The request itself is not aborted: the upload might have begun, and its id would be lost.
      const { UploadId } = await requests.request(() => client.send(command), signal);
      if (UploadId !== undefined) return UploadId;
      throw unreadableSuccess(destination);
    }

    /** Never rejects: a part that fails stops the upload, with the failure as the signal's reason. */
    function start({ content }: Piece, PartNumber: number): void {
      const command = { ...place, UploadId, PartNumber, Body: content };
      const upload = requests
        .request(sending => client.send(new UploadPartCommand(command), sending), signal)
        .then(
          ({ ETag, ChecksumCRC32 }) => {
            if (ETag === undefined) return stop.abort(unreadableSuccess(destination));
            completed[PartNumber - 1] = { PartNumber, ETag, ChecksumCRC32 };
            buffers.giveBack(content);
          },
          (failure: unknown) => stop.abort(failure),
        )
        .finally(() => uploading.delete(upload));
      uploading.add(upload);
    }

    /**
     * After an unclear answer S3 may say that the upload is gone: it was completed, or somebody cleared it away. That
     * stays unclear, as looking for the object needs a permission that customers seldom give; the next attempt finds out.
     */
    function complete(): Promise<Answer> {
      const command = { ...place, UploadId, MultipartUpload: { Parts: completed }, IfNoneMatch: '*' };
      return requests.create(
        sending => client.send(new CompleteMultipartUploadCommand(command), sending),
        signal,
      );
    }

    async function abandon(): Promise<void> {
      try {
        await requests.request(
          sending => client.send(new AbortMultipartUploadCommand({ ...place, UploadId }), sending),
          AbortSignal.timeout(abandoningTime),
        );
      } catch (thrown) {
        const cause = toExportError(thrown);
        // The bucket holds no such upload any more.
        if (answerOf(cause.cause).name === 'NoSuchUpload') return;
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
