import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { retryDelay } from '../../../lambdas/exporter/retry-delay.ts';

const messageIds = Array.from({ length: 1000 }, () => randomUUID());

test.each([
  [1, 15, 45],
  [2, 30, 90],
  [5, 240, 720],
  [6, 300, 900],
  [1000, 300, 900],
])('after %i failures a message comes again within %i to %i seconds', (received, least, most) => {
  for (const messageId of messageIds) {
    const delay = retryDelay(messageId, received);
    expect(Number.isInteger(delay)).toBe(true);
    expect(delay).toBeGreaterThanOrEqual(least);
    expect(delay).toBeLessThanOrEqual(most);
  }
});

test('messages that failed together come back spread out', () => {
  for (const received of [3, 8]) {
    const delays = messageIds.map(messageId => retryDelay(messageId, received));
    const mostTogether = Math.max(...delays.map(delay => delays.filter(other => other === delay).length));
    expect(mostTogether).toBeLessThan(messageIds.length / 10);
  }
});
