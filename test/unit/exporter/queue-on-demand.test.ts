import { expect, test } from 'vitest';
import { createQueueOnDemand } from '../../../lambdas/exporter/queue-on-demand.ts';

const message = { accountId: 'acme', tick: 0 };

test('the queue is opened when something is first queued, and once', async () => {
  const sent: string[] = [];
  let opened = 0;
  const queue = createQueueOnDemand(async () => {
    opened++;
    return {
      send: async ({ accountId }, delaySeconds) => void sent.push(`${accountId} ${delaySeconds}`),
      retryAfter: async (receiptHandle, seconds) => void sent.push(`${receiptHandle} ${seconds}`),
    };
  });
  expect(opened).toBe(0);
  await Promise.all([queue.send(message, 5), queue.retryAfter('handle', 30)]);
  expect(sent).toEqual(['acme 5', 'handle 30']);
  expect(opened).toBe(1);
});

test('a queue that could not be opened is opened the next time', async () => {
  let attempts = 0;
  const queue = createQueueOnDemand(async () => {
    if (++attempts === 1) throw new Error('too many open files');
    return { send: async () => undefined, retryAfter: async () => undefined };
  });
  await expect(queue.send(message, 0)).rejects.toThrow('too many open files');
  await queue.send(message, 0);
});
