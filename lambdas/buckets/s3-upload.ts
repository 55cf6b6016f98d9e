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

/** Bounds the memory: these parts, and one that is being filled. */
const partsInFlight = 2;

/** The longest time for removing a failed upload, in milliseconds. */
const abandoningTime = 10_000;

interface Upload {
  readonly object: NewObject;
  readonly first: Piece;
  readonly rest: AsyncGenerator<Piece, void>;
  readonly buffers: PieceBuffers;
  readonly step: UploadWatch['step'];
  /** Stops reading the body and all requests when one part fails. */
  readonly stop: AbortController;
  /** Aborts when `stop` or the watch's signal aborts. */
  readonly signal: AbortSignal;
}

interface Dependencies {
  readonly client: S3Client;
  readonly requests: S3Requests;
  readonly destination: S3Destination;
  readonly onLeftover: (failure: ExportError) => void;
}

/**
 * Creates an object with a multipart upload. Removes the upload unless S3 confirmed its completion. If it throws, the
 * request that creates the object was not sent.
 *
 * One leftover cannot be prevented: if the answer to the request that begins an upload is lost, the upload's id is
 * unknown. A lifecycle rule of the bucket (AbortIncompleteMultipartUpload) removes such uploads.
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
      // This request must not be aborted: the upload may have begun, and its id would be lost.
      const { UploadId } = await requests.request(() => client.send(command), signal);
      if (UploadId !== undefined) return UploadId;
      throw unreadableSuccess(destination);
    }

    /** Never throws: a failed part aborts `stop` with its failure. */
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
     * After an unclear answer, S3 may answer that the upload does not exist: either it was
     * completed, or someone removed it. This stays unclear until the next attempt, because checking
     * the object needs a permission that we seldom have.
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
