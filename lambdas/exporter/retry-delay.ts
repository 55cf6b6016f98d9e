import { crc32 } from 'node:zlib';

const first = 30;
const longest = 600;

/**
 * Seconds until a message is retried: about 30 after the first failure, doubling up to 10 minutes.
 * A factor from 0.5 to 1.5 that depends on the message's id spreads the retries, because a
 * throttled table makes many messages fail together.
 *
 * @param received how often the message was received, including this time
 */
export function retryDelay(messageId: string, received: number): number {
  const usual = Math.min(first * 2 ** (Math.max(received, 1) - 1), longest);
  return Math.round(usual * (0.5 + crc32(messageId) / 2 ** 32));
}
