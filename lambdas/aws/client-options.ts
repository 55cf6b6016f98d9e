/**
 * For every client of AWS's own services. The SDK's defaults wait minutes for a dead connection, which is longer than a
 * function may run: nobody would be left to record the failure.
 */
export const clientOptions = {
  maxAttempts: 4,
  requestHandler: {
    connectionTimeout: 3_000,
    requestTimeout: 20_000,
    // Without a byte, also in the middle of an answer.
    socketTimeout: 20_000,
    throwOnRequestTimeout: true,
  },
} as const;
