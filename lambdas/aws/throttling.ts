import { setTimeout as wait } from 'node:timers/promises';
import {
  ProvisionedThroughputExceededException,
  type QueryCommand,
  RequestLimitExceeded,
  ThrottlingException,
} from '@aws-sdk/client-dynamodb';

/** Resolves after about this many milliseconds; rejects when the signal is aborted. */
export type Pause = (milliseconds: number, signal: AbortSignal) => Promise<void>;

const firstPause = 1_000;
const longestPause = 16_000;
const throttlings = [ProvisionedThroughputExceededException, RequestLimitExceeded, ThrottlingException];

/**
 * Retries a throttled request until it succeeds or the signal aborts. DynamoDB adds read units every second, so a
 * waiting request succeeds in the end. Giving up would be worse: the next attempt reads the same rows again and takes
 * units away from all others.
 */
export async function whileThrottled<Answer>(
  send: () => Promise<Answer>,
  signal: AbortSignal,
  pause: Pause = pauseAbout,
): Promise<Answer> {
  for (let milliseconds = firstPause; ; milliseconds = Math.min(2 * milliseconds, longestPause)) {
    try {
      return await send();
    } catch (thrown) {
      if (!isThrottling(thrown)) throw thrown;
    }
    await pause(milliseconds, signal);
  }
}

/**
 * Prevents the SDK from retrying a throttled query. All requests of a client share one budget of retries: if throttled
 * queries used it up, the SDK would no longer retry other failures either.
 */
export function notRetriedWhenThrottled(command: QueryCommand): QueryCommand {
  command.middlewareStack.add(
    next => async args => {
      try {
        return await next(args);
      } catch (thrown) {
        // The SDK decides by these two properties whether to retry.
        if (isThrottling(thrown)) Object.assign(thrown, { name: 'Throttled', $retryable: undefined });
        throw thrown;
      }
    },
    { step: 'deserialize', priority: 'high', name: 'notRetriedWhenThrottled' },
  );
  return command;
}

function isThrottling(thrown: unknown): thrown is Error {
  return throttlings.some(throttling => thrown instanceof throttling);
}

/** Waits for 0.5 to 1.5 times as long, at random, so that requests throttled together do not retry together. */
export async function pauseAbout(milliseconds: number, signal: AbortSignal): Promise<void> {
  await wait(milliseconds * (0.5 + Math.random()), undefined, { signal });
}
