import { expect, test } from 'vitest';
import { deflateSynchronously } from '../../../lambdas/archive/deflate.ts';
import type { Cursor } from '../../../lambdas/domain/cursor.ts';
import { encodeMessage } from '../../../lambdas/domain/export-message.ts';
import { noSilences } from '../../../lambdas/domain/silence.ts';
import { createBatchExporter } from '../../../lambdas/exporter/export-batch.ts';

const now = Date.UTC(2026, 10, 23, 9);
const tick = Date.UTC(2026, 10, 23, 8);
const cursor: Cursor = {
  exportedThrough: Date.UTC(2026, 10, 23, 4),
  version: 1,
  lastWrite: '',
  failures: 0,
  attempts: [
    {
      token: 'another',
      place: 'gcs://bucket',
      partBytes: 1,
      startedAt: now,
      lease: { messageId: 'another', until: now + 600_500 },
    },
  ],
};

/** What becomes of a message that is received for the so manieth time while another exporter is at work. */
async function receive(times: number) {
  const postponed: number[] = [];
  const sent: number[] = [];
  const never = () => {
    throw new Error('Nothing is to be done for an account that is leased');
  };
  const exportBatch = createBatchExporter({
    ports: {
      accounts: {
        read: async accountId => ({
          record: {
            accountId,
            timeZone: 'UTC',
            status: 'active',
            destination: { type: 'gcs', bucket: 'bucket' },
            secretId: 'secret',
          },
          cursor,
          silences: noSilences,
        }),
      },
      ledger: {
        readCursor: never,
        createCursor: never,
        begin: never,
        noteStep: never,
        commit: never,
        recordFailure: never,
        recordStop: never,
        deliveredWindows: never,
        noteRecounted: never,
      },
      auditLog: { pages: never, count: never },
      silences: { lastAnswer: never, note: never, mayProbe: never, noteAnswer: never },
      queue: { send: async (_message, delay) => void sent.push(delay) },
      events: { delivered: never, failed: never, recovered: never, stopped: never, recordedLate: never },
      telemetry: {
        delivered: never,
        failed: never,
        stopped: never,
        lacking: never,
        recordedLate: never,
        note: () => undefined,
      },
      clock: { now: () => now, token: () => 'mine' },
      deflateBlock: deflateSynchronously,
    },
    settings: { settle: 0, limits: { partBytes: 1000, level: 1 }, writerVersion: 'test' },
    createBuckets: () => ({ open: never, reopen: never, close: () => undefined }),
    retryAfter: async (_handle, seconds) => void postponed.push(seconds),
    timer: () => () => undefined,
  });
  const message = {
    messageId: 'm',
    receiptHandle: 'r',
    body: encodeMessage({ accountId: 'acme', tick }),
    attributes: { ApproximateReceiveCount: String(times) },
  };
  const { batchItemFailures } = await exportBatch([message], () => 900_000);
  return { kept: batchItemFailures.length === 1, postponed, sent };
}

test('a message waits for another exporter itself, first a minute and then until the lease ends', async () => {
  expect(await receive(1)).toEqual({ kept: true, postponed: [60], sent: [] });
  expect(await receive(2)).toEqual({ kept: true, postponed: [601], sent: [] });
});

test('a message that has waited often is sent anew, before it would count as dead', async () => {
  expect(await receive(4)).toEqual({ kept: false, postponed: [], sent: [601] });
});
