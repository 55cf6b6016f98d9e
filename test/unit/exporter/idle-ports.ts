import { deflateSynchronously } from '../../../lambdas/archive/deflate.ts';
import type { Cursor } from '../../../lambdas/domain/cursor.ts';
import { noSilences } from '../../../lambdas/domain/silence.ts';
import type { ExporterPorts } from '../../../lambdas/exporter/ports.ts';

/**
 * Ports that take everything and say nothing: each write to the ledger succeeds, there are no rows, and no bucket opens. A
 * test replaces what it is about.
 */
export function idlePorts(cursor: Cursor): ExporterPorts {
  const idle = async () => undefined;
  return {
    accounts: { read: async () => ({ record: undefined, cursor, silences: noSilences }) },
    silences: { noteSilence: idle, noteAnswer: idle, take: async () => true },
    ledger: {
      readCursor: async () => cursor,
      createCursor: async () => cursor,
      begin: async (_id, before, _intent, attempt) => ({
        ...before,
        attempts: [...before.attempts, attempt],
      }),
      noteCreating: async () => true,
      commit: async () => ({ ...cursor, version: cursor.version + 1 }),
      recordFailure: async () => true,
      recordStop: async () => true,
      async *deliveredWindows() {
        yield* [];
      },
      noteRecounted: idle,
    },
    auditLog: {
      async *pages() {
        yield* [];
      },
      count: async () => 0,
    },
    buckets: {
      open: () => Promise.reject(new Error('The test has no bucket')),
      reopen: idle,
    },
    queue: { send: idle },
    events: {
      delivered: idle,
      failed: idle,
      recovered: idle,
      redirected: idle,
      stopped: idle,
      recordedLate: idle,
    },
    telemetry: {
      lacking: () => undefined,
      delivered: () => undefined,
      failed: () => undefined,
      stopped: () => undefined,
      recordedLate: () => undefined,
      note: () => undefined,
    },
    clock: { now: () => 0, token: () => 'next' },
    deflateBlock: deflateSynchronously,
    ocsfEncoder: () => Promise.reject(new Error('No account has the format ocsf')),
  };
}
