import { setTimeout as sleep } from 'node:timers/promises';
import { toExportError } from '../domain/failure.ts';
import { type Answer, composed, refused } from './bucket.ts';

/** How often a request is sent at most, including the first time. */
export const mostTries = 3;

/** How a driver retries a request. */
export interface Tries {
  /** The longest pause before the second try, in milliseconds. It doubles with each further try. */
  readonly pauseMs: number;
  /** Ends the tries, and the pause between them. */
  readonly signal: AbortSignal;
}

/** The drivers' default for the longest pause before the second try, in milliseconds. */
export const usualPauseMs = 500;
/**
 * The drivers' default for the time after which a request without a byte in either direction fails, in milliseconds.
 */
export const usualSilenceMs = 30_000;
/** The longest time for connecting, including name resolution and TLS, in milliseconds. Usually much less is needed. */
export const connectMs = 3_000;

/** The outcome of one request that creates an object. */
export interface Tried {
  readonly answer: Answer;
  /** True if the same request may succeed a moment later. */
  readonly again: boolean;
}

/**
 * Sends a request that creates an object, with retries if they may help. Rejects only if `send` does.
 *
 * The clouds' SDKs must not retry instead, because the meaning of an answer depends on the outcome
 * of the tries before it.
 */
export async function createWithTries(send: () => Promise<Tried>, tries: Tries): Promise<Answer> {
  let answer: Answer | undefined;
  for (let made = 1; ; made++) {
    if (tries.signal.aborted) return composed(answer, refused(toExportError(tries.signal.reason)));
    const tried = await send();
    answer = composed(answer, tried.answer);
    if (!tried.again || made >= mostTries) return answer;
    await pauseAfter(made, tries);
  }
}

/**
 * Sends a request that creates no object, with retries if they may help.
 *
 * @param mayPass whether the same request may succeed after this error
 * @throws the error of the last try, or the signal's reason
 */
export async function withTries<T>(
  send: () => Promise<T>,
  mayPass: (thrown: unknown) => boolean,
  tries: Tries,
): Promise<T> {
  for (let made = 1; ; made++) {
    tries.signal.throwIfAborted();
    try {
      return await send();
    } catch (thrown) {
      tries.signal.throwIfAborted();
      if (made >= mostTries || !mayPass(thrown)) throw thrown;
    }
    await pauseAfter(made, tries);
  }
}

/** Waits before the next try, or until the signal aborts; for a random time, so that exporters do not retry together. */
export async function pauseAfter(made: number, { pauseMs, signal }: Tries): Promise<void> {
  const longest = pauseMs * 2 ** (made - 1);
  await sleep(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
}
