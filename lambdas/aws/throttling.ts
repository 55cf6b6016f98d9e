import { setTimeout as wait } from 'node:timers/promises';
import {
  ProvisionedThroughputExceededException,
  type QueryCommand,
  RequestLimitExceeded,
  ThrottlingException,
} from '@aws-sdk/client-dynamodb';

/** Resolves after about so many milliseconds; rejects when the signal is aborted. */
export type Pause = (milliseconds: number, signal: AbortSignal) => Promise<void>;

const firstPause = 1_000;
const longestPause = 16_000;
const throttlings = [ProvisionedThroughputExceededException, RequestLimitExceeded, ThrottlingException];

/**
 * Sends again what DynamoDB throttles, for as long as the signal allows. Units come back every second, so whoever waits
 * gets its turn; whoever gives up reads the same rows once more, and with them takes the units of all others.
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
 * Keeps the SDK from sending a throttled query again by itself. It counts the retries of all requests of a client
 * together, and when those are used up nothing is sent again, whatever the failure.
 */
export function notRetriedWhenThrottled(command: QueryCommand): QueryCommand {
  command.middlewareStack.add(
    next => async args => {
      try {
        return await next(args);
      } catch (thrown) {
        // By these the SDK knows what to send again.
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

/** By chance between half and one and a half times as long: those that were throttled together come back one by one. */
export async function pauseAbout(milliseconds: number, signal: AbortSignal): Promise<void> {
  await wait(milliseconds * (0.5 + Math.random()), undefined, { signal });
}
