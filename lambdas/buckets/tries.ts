import { setTimeout as sleep } from 'node:timers/promises';
import { toExportError } from '../domain/failure.ts';
import { type Answer, composed, refused } from './bucket.ts';

/** How often a request is sent, the first time included. */
export const mostTries = 3;

/** How a driver sends a request again. */
export interface Tries {
  /** The longest pause before the second try, in milliseconds; it doubles with each further one. */
  readonly pauseMs: number;
  /** Ends the tries, and the pause between them. */
  readonly signal: AbortSignal;
}

/** The longest pause before a request is sent a second time, in milliseconds, if a driver is told no other. */
export const usualPauseMs = 500;
/** How long a request may go without a byte in either direction, in milliseconds, if a driver is told no other. */
export const usualSilenceMs = 30_000;
/** How long connecting may take, name resolution and TLS included, in milliseconds. A host that is there takes a fraction of it. */
export const connectMs = 3_000;

/** What one request that creates an object came to. */
export interface Tried {
  readonly answer: Answer;
  /** True if the same request may succeed a moment later. */
  readonly again: boolean;
}

/**
 * Sends a request that creates an object, again where that may help. Does not reject, if the request does not.
 *
 * The tries are counted here and not in the clouds' SDKs, because the meaning of an answer depends on how the requests
 * before it ended.
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
 * Sends a request that creates no object, again where that may help.
 *
 * @param mayPass whether the same request may succeed after what the last one threw
 * @throws what the last request threw, or the signal's reason
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

/** Waits before the next try, or until the signal aborts. The length is random, so that exporters which failed together do not come back together. */
export async function pauseAfter(made: number, { pauseMs, signal }: Tries): Promise<void> {
  const longest = pauseMs * 2 ** (made - 1);
  await sleep(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
}
