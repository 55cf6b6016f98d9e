import type { ContinuationQueue } from './ports.ts';

interface ExportQueue extends ContinuationQueue {
  retryAfter(receiptHandle: string, seconds: number): Promise<void>;
}

/** The export queue, opened when it is first used: most exporters never put a message back. */
export function createQueueOnDemand(open: () => Promise<ExportQueue>): ExportQueue {
  let opened: Promise<ExportQueue> | undefined;
  const queue = () => {
    opened ??= open().catch(thrown => {
      // Without the reset, every later invocation of this process would get the same failure.
      opened = undefined;
      throw thrown;
    });
    return opened;
  };
  return {
    send: async (message, delaySeconds) => (await queue()).send(message, delaySeconds),
    retryAfter: async (receiptHandle, seconds) => (await queue()).retryAfter(receiptHandle, seconds),
  };
}
