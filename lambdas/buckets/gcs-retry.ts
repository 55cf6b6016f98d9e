import { setTimeout as sleep } from 'node:timers/promises';
import { GcsTrouble } from './gcs-trouble.ts';
import { orAborted } from './or-aborted.ts';

export interface RetryTuning {
  /** How often a request is made that brings nothing new, the first time included. */
  readonly attempts: number;
  /** The longest pause before the second attempt, in milliseconds; it doubles with each further one. */
  readonly baseDelayMs: number;
}

/**
 * Makes a request again while it meets trouble that may pass.
 *
 * @param onTrouble told of every trouble after which the request is made again
 * @throws the last trouble, whatever else the request throws, or the signal's reason
 */
export async function retrying<T>(
  request: () => Promise<T>,
  tuning: RetryTuning,
  signal: AbortSignal,
  onTrouble?: (trouble: GcsTrouble) => void,
): Promise<T> {
  for (let made = 1; ; made++) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof GcsTrouble) || !error.passing || made >= tuning.attempts) throw error;
      onTrouble?.(error);
    }
    await pause(made, tuning, signal);
  }
}

/** Waits before the attempt that follows so many; the length is random, so that exporters do not come back as one. */
export async function pause(made: number, { baseDelayMs }: RetryTuning, signal: AbortSignal): Promise<void> {
  await orAborted(sleep(baseDelayMs * 2 ** (made - 1) * (0.5 + Math.random() / 2)), signal);
}
