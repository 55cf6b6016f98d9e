import type { S3Destination } from '../domain/account.ts';
import { ExportError, toExportError } from '../domain/failure.ts';
import { answerOf } from './aws-answer.ts';
import { type Answer, created, unclear } from './bucket.ts';
import { toS3Answer, toS3Failure, unreadableSuccess } from './s3-failure.ts';
import { createWithTries, type Tried, withTries } from './tries.ts';

type Send<Output> = (options: { abortSignal: AbortSignal }) => Promise<Output>;

/** S3 returns an ETag for every object or part that it has written. */
export interface Written {
  readonly ETag?: string | undefined;
}

export interface S3Requests {
  /**
   * Sends a request that creates no object, with retries if they may help.
   * @throws ExportError, or the signal's reason
   */
  request<Output>(send: Send<Output>, signal: AbortSignal): Promise<Output>;
  /** Sends the request that creates the object, with retries if they may help. Never rejects. */
  create(send: Send<Written>, signal: AbortSignal): Promise<Answer>;
}

/** @param pauseMs the longest pause before the second try, in milliseconds */
export function createS3Requests(destination: S3Destination, pauseMs: number): S3Requests {
  return {
    request: (send, signal) =>
      withTries(
        async () => {
          try {
            return await send({ abortSignal: signal });
          } catch (thrown) {
            throw toS3Failure(thrown, destination);
          }
        },
        mayPass,
        { pauseMs, signal },
      ),

    create: (send, signal) => createWithTries(() => tryToCreate(send, signal), { pauseMs, signal }),
  };

  async function tryToCreate(send: Send<Written>, signal: AbortSignal): Promise<Tried> {
    try {
      const { ETag } = await send({ abortSignal: signal });
      if (ETag !== undefined) return { answer: created, again: false };
      return { answer: unclear(unreadableSuccess(destination)), again: true };
    } catch (thrown) {
      const answer = toS3Answer(thrown, destination);
      if (answer.kind === 'unclear' && signal.aborted)
        return { answer: unclear(toExportError(signal.reason)), again: false };
      return { answer, again: 'failure' in answer && mayPass(answer.failure) };
    }
  }
}

/**
 * Whether a retry may help. Not after `no_answer`: another wait would delay other accounts, and the queue retries
 * later. Not after `NoSuchUpload`: the upload does not come back.
 */
function mayPass(failure: unknown): boolean {
  if (!(failure instanceof ExportError)) return false;
  const { code, cause } = failure;
  return (
    (code === 'network' || code === 'destination_unavailable') && answerOf(cause).name !== 'NoSuchUpload'
  );
}
