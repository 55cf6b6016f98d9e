import { type KeptConnections, KeptHttpHandler } from './kept-connections.ts';

/**
 * In milliseconds. The SDK's defaults wait several minutes for a dead connection. Lambda would end the function before
 * it could record the failure.
 */
export const timeouts = {
  connectionTimeout: 3_000,
  requestTimeout: 20_000,
  // The longest time without any byte, also in the middle of an answer.
  socketTimeout: 20_000,
  throwOnRequestTimeout: true,
} as const;

/** Options for the clients of AWS services in a function. */
export function clientOptions(connections: KeptConnections) {
  return { maxAttempts: 4, requestHandler: new KeptHttpHandler(connections, timeouts) };
}
