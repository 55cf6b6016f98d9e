import { expect, test } from 'vitest';
import { deflateSynchronously } from '../../../lambdas/archive/deflate.ts';
import type { Cursor } from '../../../lambdas/domain/cursor.ts';
import { encodeMessage } from '../../../lambdas/domain/export-message.ts';
import { noSilences, type Silences } from '../../../lambdas/domain/silence.ts';
import { createBatchExporter } from '../../../lambdas/exporter/export-batch.ts';
import { retryDelay } from '../../../lambdas/exporter/retry-delay.ts';

const now = Date.UTC(2026, 10, 23, 9);
const lastTick = Date.UTC(2026, 10, 23, 8);
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
      step: 'staging',
    },
  ],
};

interface Setting {
  readonly silences?: Silences;
  readonly tick?: number;
}

/**
 * Receives a message for the nth time while another exporter works on the account or, with silences, while its bucket
 * may not be tried.
 */
async function receive(times: number, { silences, tick = lastTick }: Setting = {}) {
  const postponed: number[] = [];
  const sent: number[] = [];
  const never = () => {
    throw new Error('Nothing is to be done for an account that has to wait');
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
          cursor: silences ? { ...cursor, exportedThrough: tick - 4 * 3_600_000, attempts: [] } : cursor,
          silences: silences ?? noSilences,
        }),
      },
      ledger: {
        readCursor: never,
        createCursor: never,
        begin: never,
        noteCreating: never,
        commit: never,
        recordFailure: async () => true,
        recordStop: never,
        deliveredWindows: never,
        noteRecounted: never,
      },
      auditLog: { pages: never, count: never },
      silences: { noteSilence: never, noteAnswer: never, take: never },
      queue: { send: async (_message, delay) => void sent.push(delay) },
      events: {
        delivered: never,
        failed: async () => undefined,
        recovered: never,
        redirected: never,
        stopped: never,
        recordedLate: never,
      },
      telemetry: {
        delivered: never,
        failed: () => undefined,
        stopped: never,
        lacking: never,
        recordedLate: never,
        note: () => undefined,
      },
      clock: { now: () => now, token: () => 'mine' },
      deflateBlock: deflateSynchronously,
      ocsfEncoder: () => Promise.reject(new Error('No account has the format ocsf')),
    },
    settings: { settle: 0, limits: { partBytes: 1000, level: 1, mapping: 'm1' }, writerVersion: 'test' },
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

const silence = { region: 'gcs', asked: now - 60_000, ended: now - 55_000 };
const suspended: Silences = {
  ...noSilences,
  buckets: new Map([['gcs://bucket', silence]]),
  used: new Map([['again gcs', now]]),
};

test('a message waits for a silent bucket as for another exporter, with growing pauses, and never counts as dead', async () => {
  const silences = suspended;
  expect(await receive(3, { silences })).toEqual({ kept: true, postponed: [retryDelay('m', 3)], sent: [] });
  expect(await receive(4, { silences })).toEqual({ kept: false, postponed: [], sent: [retryDelay('m', 4)] });
});

test('a message whose account has a later one by now is not sent anew for a silent bucket', async () => {
  const setting = { silences: suspended, tick: lastTick - 8 * 3_600_000 };
  expect(await receive(4, setting)).toMatchObject({ kept: true, sent: [] });
});
