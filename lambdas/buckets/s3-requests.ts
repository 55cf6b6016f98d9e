import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Destination } from '../domain/account.ts';
import { answerOf } from './aws-answer.ts';
import { toS3Failure } from './s3-failure.ts';

export interface S3Retry {
  /** How often a request is sent, the first time included. */
  readonly attempts: number;
  /** The longest pause before the second attempt, in milliseconds; it doubles with each further one. */
  readonly baseDelayMs: number;
}

/** An answer, or a refusal that the caller wants to know about. */
export type Outcome<Output, Refusal extends string> =
  | { readonly output: Output; readonly refusal?: undefined }
  | {
      readonly refusal: Refusal;
      /** True if an earlier attempt ended without a clear answer, so that S3 may have done what it asked for. */
      readonly unclear: boolean;
    };

type Send<Output> = (options: { abortSignal: AbortSignal }) => Promise<Output>;

export interface S3Requests {
  /**
   * Sends a request until it is answered, and maps every failure.
   * @throws ExportError, or the signal's reason
   */
  request<Output>(send: Send<Output>, signal: AbortSignal): Promise<Output>;
  /** The same, with refusals by S3's error code that are no failures here. */
  attempt<Output, Refusal extends string>(
    send: Send<Output>,
    refusals: readonly Refusal[],
    signal: AbortSignal,
  ): Promise<Outcome<Output, Refusal>>;
}

/**
 * Retries stand here and not in the SDK, because the meaning of a refusal depends on how the attempts before it
 * ended, and because two conditional writes at once (409) are to be tried again, which the SDK does not do.
 */
export function createS3Requests(destination: S3Destination, retry: S3Retry): S3Requests {
  async function attempt<Output, Refusal extends string>(
    send: Send<Output>,
    refusals: readonly Refusal[],
    signal: AbortSignal,
  ): Promise<Outcome<Output, Refusal>> {
    // A request that creates the object is one that can be refused because there is one.
    const creates = refusals.some(refusal => refusal === 'PreconditionFailed');
    let unclear = false;
    for (let attempts = 1; ; attempts++) {
      signal.throwIfAborted();
      try {
        return { output: await send({ abortSignal: signal }) };
      } catch (thrown) {
        signal.throwIfAborted();
        const { name, status } = answerOf(thrown);
        const refusal = refusals.find(expected => expected === name);
        if (refusal !== undefined) return { refusal, unclear };
        const failure = toS3Failure(thrown, destination, creates && unclear);
        const passing = failure.code === 'network' || failure.code === 'destination_unavailable';
        if (!passing || name === 'NoSuchUpload' || attempts >= retry.attempts) throw failure;
        // Of an answer that broke off, the status counts all the same.
        unclear ||= status === undefined || status < 400 || status >= 500;
      }
      await pause(attempts, retry, signal);
    }
  }

  return {
    attempt,
    async request(send, signal) {
      const outcome = await attempt(send, [], signal);
      if (outcome.refusal === undefined) return outcome.output;
      throw new Error('a refusal that nobody asked for');
    },
  };
}

/** A random length, so that exporters which failed together do not come back together. */
async function pause(attempts: number, { baseDelayMs }: S3Retry, signal: AbortSignal): Promise<void> {
  const longest = Math.min(baseDelayMs * 2 ** (attempts - 1), 20_000);
  await sleep(Math.random() * longest, undefined, { signal }).catch(() => signal.throwIfAborted());
}
