import { expect, it } from 'vitest';
import { cursorFromItem } from '../../../lambdas/aws/ledger-items.ts';
import { encodeMessage } from '../../../lambdas/domain/export-message.ts';
import { noSilences } from '../../../lambdas/domain/silence.ts';
import { type BatchExporterOptions, createBatchExporter } from '../../../lambdas/exporter/export-batch.ts';

const tick = Date.parse('2026-11-22T08:00:00Z');

function fail(): never {
  throw new Error('Not called here');
}

it('a cursor that cannot be read fails its own account only, which the log names with the attribute', async () => {
  const notes: string[] = [];
  const cursorOf = (accountId: string) =>
    cursorFromItem({
      accountId: { S: accountId },
      entry: { S: 'cursor' },
      exportedThrough: { S: accountId === 'broken' ? 'yesterday' : '2026-11-22T08:00:00Z' },
      version: { N: '1' },
      lastWrite: { S: 'committed 0' },
      attempts: { M: {} },
      failures: { N: '0' },
    });
  const read = async (accountId: string) => ({
    record: {
      accountId,
      timeZone: 'UTC',
      status: 'active',
      destination: { type: 'gcs', bucket: 'acme-audit' },
      secretId: 'siem-export/acme',
    },
    cursor: cursorOf(accountId),
    silences: noSilences,
  });
  const ports: BatchExporterOptions['ports'] = {
    accounts: { read },
    ledger: {
      readCursor: fail,
      createCursor: fail,
      begin: fail,
      noteCreating: fail,
      commit: fail,
      recordFailure: fail,
      recordStop: fail,
      deliveredWindows: fail,
      noteRecounted: fail,
    },
    auditLog: { pages: fail, count: fail },
    silences: { noteSilence: fail, noteAnswer: fail, take: fail },
    queue: { send: fail },
    events: {
      recordedLate: fail,
      delivered: fail,
      failed: fail,
      recovered: fail,
      redirected: fail,
      stopped: fail,
    },
    telemetry: {
      delivered: fail,
      failed: fail,
      stopped: fail,
      lacking: fail,
      recordedLate: fail,
      note: (_subject, message) => notes.push(message),
    },
    clock: { now: () => tick + 600_000, token: () => 'token' },
    deflateBlock: fail,
    ocsfEncoder: fail,
  };
  const exportBatch = createBatchExporter({
    ports,
    settings: {
      settle: 300_000,
      limits: { partBytes: 1000, level: 4, mapping: 'm1' },
      writerVersion: 'test',
    },
    createBuckets: () => ({ open: fail, reopen: fail, close: () => undefined }),
    retryAfter: async () => undefined,
    timer: () => () => undefined,
  });
  const messages = ['broken', 'sound'].map(accountId => ({
    messageId: accountId,
    receiptHandle: accountId,
    body: encodeMessage({ accountId, tick }),
    attributes: { ApproximateReceiveCount: '1' },
  }));
  const { batchItemFailures } = await exportBatch(messages, () => 900_000);
  expect(batchItemFailures).toEqual([{ itemIdentifier: 'broken' }]);
  expect(notes).toEqual([
    'internal: The item cursor of the account "broken" in the ledger cannot be read: exportedThrough: expected an instant, got other text',
  ]);
});
