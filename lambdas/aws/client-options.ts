import { type KeptConnections, KeptHttpHandler } from './kept-connections.ts';

/**
 * In milliseconds. The SDK's defaults wait minutes for a dead connection, which is longer than a function may run: nobody
 * would be left to record the failure.
 */
export const timeouts = {
  connectionTimeout: 3_000,
  requestTimeout: 20_000,
  // Without a byte, also in the middle of an answer.
  socketTimeout: 20_000,
  throwOnRequestTimeout: true,
} as const;

/** For every client of AWS's own services in a function. They share one handler. */
export function clientOptions(connections: KeptConnections) {
  return { maxAttempts: 4, requestHandler: new KeptHttpHandler(connections, timeouts) };
}
