import { crc32 } from 'node:zlib';

const first = 30;
const longest = 600;

/**
 * Seconds until a message comes again: about 30 after the first failure, doubling up to 10 minutes. By its id each
 * message waits for somewhere between half and one and a half times as long, so that those which failed together, as all do
 * when a table throttles, do not come back together.
 *
 * @param received how often the message has been received, this time included
 */
export function retryDelay(messageId: string, received: number): number {
  const usual = Math.min(first * 2 ** (Math.max(received, 1) - 1), longest);
  return Math.round(usual * (0.5 + crc32(messageId) / 2 ** 32));
}
