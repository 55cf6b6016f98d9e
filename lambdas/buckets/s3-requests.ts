import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Destination } from '../domain/account.ts';
import { type ExportError, toExportError } from '../domain/failure.ts';
import { type AwsAnswer, answerOf } from './aws-answer.ts';
import { type Answer, composed, created, refused, unclear } from './bucket.ts';
import { toS3Answer, toS3Failure, unreadableSuccess } from './s3-failure.ts';

/** How often a request is sent, the first time included. */
const mostTries = 3;

type Send<Output> = (options: { abortSignal: AbortSignal }) => Promise<Output>;

/** What S3 says with every success of a request that writes an object or a part. */
export interface Written {
  readonly ETag?: string | undefined;
}

export interface S3Requests {
  /**
   * Sends a request that creates no object, again where that may help.
   * @throws ExportError, or the signal's reason
   */
  request<Output>(send: Send<Output>, signal: AbortSignal): Promise<Output>;
  /** Sends the request that creates the object, again where that may help. Does not reject. */
  create(send: Send<Written>, signal: AbortSignal): Promise<Answer>;
}

/**
 * Retries stand here and not in the SDK, because the meaning of an answer depends on how the requests before it ended,
 * and because two conditional writes at once (409) are to be tried again, which the SDK does not do.
 *
 * @param pauseMs the longest pause before the second try, in milliseconds; it doubles with each further one
 */
export function createS3Requests(destination: S3Destination, pauseMs: number): S3Requests {
  return {
    async request(send, signal) {
      for (let tries = 1; ; tries++) {
        signal.throwIfAborted();
        try {
          return await send({ abortSignal: signal });
        } catch (thrown) {
          signal.throwIfAborted();
          const failure = toS3Failure(thrown, destination);
          if (tries >= mostTries || !mayHelpAgain(failure, answerOf(thrown))) throw failure;
        }
        await pause(tries, pauseMs, signal);
      }
    },

    async create(send, signal) {
      let answer: Answer | undefined;
      for (let tries = 1; ; tries++) {
        if (signal.aborted) return composed(answer, refused(toExportError(signal.reason)));
        const tried = await tryToCreate(send, signal);
        answer = composed(answer, tried.answer);
        if (!tried.again || tries >= mostTries) return answer;
        await pause(tries, pauseMs, signal).catch(() => undefined);
      }
    },
  };

  async function tryToCreate(
    send: Send<Written>,
    signal: AbortSignal,
  ): Promise<{ answer: Answer; again: boolean }> {
    try {
      const { ETag } = await send({ abortSignal: signal });
      if (ETag !== undefined) return { answer: created, again: false };
      return { answer: unclear(unreadableSuccess(destination)), again: true };
    } catch (thrown) {
      const answer = toS3Answer(thrown, destination);
      if (answer.kind === 'unclear' && signal.aborted)
        return { answer: unclear(toExportError(signal.reason)), again: false };
      const again = 'failure' in answer && mayHelpAgain(answer.failure, answerOf(thrown));
      return { answer, again };
    }
  }
}

/** Not after a silence, which holds up others for as long as it lasts: the queue tries again. An upload that is gone stays gone. */
function mayHelpAgain({ code }: ExportError, { name }: AwsAnswer): boolean {
  return (code === 'network' || code === 'destination_unavailable') && name !== 'NoSuchUpload';
}

/** A random length, so that exporters which failed together do not come back together. */
async function pause(tries: number, pauseMs: number, signal: AbortSignal): Promise<void> {
  const longest = pauseMs * 2 ** (tries - 1);
  await sleep(Math.random() * longest, undefined, { signal }).catch(() => signal.throwIfAborted());
}
