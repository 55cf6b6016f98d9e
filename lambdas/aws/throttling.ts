import { setTimeout as wait } from 'node:timers/promises';
import {
  ProvisionedThroughputExceededException,
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
 * gets its turn; whoever gives up reads the same rows once more, and with them takes the units of all others. The SDK by
 * itself gives up within seconds, however many attempts it has: it counts all retries of a client together.
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
      if (!throttlings.some(throttling => thrown instanceof throttling)) throw thrown;
    }
    await pause(milliseconds, signal);
  }
}

/** By chance between half and one and a half times as long: those that were throttled together come back one by one. */
async function pauseAbout(milliseconds: number, signal: AbortSignal): Promise<void> {
  await wait(milliseconds * (0.5 + Math.random()), undefined, { signal });
}
