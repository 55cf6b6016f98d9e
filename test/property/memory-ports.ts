import { deflateSynchronously } from '../../lambdas/archive/deflate.ts';
import { transcodePage } from '../../lambdas/archive/transcode-page.ts';
import { created, exists } from '../../lambdas/buckets/bucket.ts';
import type { Account } from '../../lambdas/domain/account.ts';
import { defaultAttributes } from '../../lambdas/domain/audit-record.ts';
import { attemptsWith, type Cursor } from '../../lambdas/domain/cursor.ts';
import type { DeliveredFile } from '../../lambdas/domain/delivered-file.ts';
import type { ExportError } from '../../lambdas/domain/failure.ts';
import { followingPart } from '../../lambdas/domain/plan.ts';
import { noSilences } from '../../lambdas/domain/silence.ts';
import { createBuckets } from '../../lambdas/exporter/buckets.ts';
import { createBatchExporter, type ReceivedMessage } from '../../lambdas/exporter/export-batch.ts';
import type { ExporterPorts, Ledger } from '../../lambdas/exporter/ports.ts';

/** Everything outside of the exporter. */
export interface MemoryWorld {
  readonly records: ReadonlyMap<string, unknown>;
  readonly secrets: ReadonlyMap<string, string>;
  /** The audit log’s answers to queries of an account; by default without rows. */
  readonly answers: ReadonlyMap<string, Uint8Array>;
}

const noRows = Buffer.from('{"Items":[],"Count":0,"ScannedCount":0}');

/** The exporter with its handler, with everything outside in memory, and a record of what it did. */
export function startExporter(world: MemoryWorld, now: number) {
  const files: { readonly accountId: string; readonly file: DeliveredFile }[] = [];
  const failures: { readonly accountId: string; readonly failure: ExportError }[] = [];
  const objects = new Map<string, Uint8Array>();
  const told: unknown[] = [];
  let tokens = 0;
  const ledger = createMemoryLedger();
  const ports: Omit<ExporterPorts, 'buckets'> = {
    accounts: {
      read: async accountId => ({
        record: world.records.get(accountId),
        cursor: await ledger.readCursor(accountId),
        silences: noSilences,
      }),
    },
    ledger,
    silences: {
      noteSilence: async (...silence) => void told.push(silence),
      noteAnswer: async () => undefined,
      take: async () => true,
    },
    auditLog: {
      async *pages(accountId) {
        yield transcodePage(world.answers.get(accountId) ?? noRows, defaultAttributes);
      },
      count: async () => 0,
    },
    queue: { send: async message => void told.push(message) },
    events: {
      delivered: async (accountId, file) => void files.push({ accountId, file }),
      failed: async (accountId, failure) => void failures.push({ accountId, failure }),
      recovered: async (...event) => void told.push(event),
      redirected: async () => undefined,
      stopped: async (...event) => void told.push(event),
      recordedLate: async (...event) => void told.push(event),
    },
    telemetry: {
      lacking: () => undefined,
      delivered: () => undefined,
      failed: (...line) => void told.push(line),
      stopped: (...line) => void told.push(line),
      recordedLate: (...line) => void told.push(line),
      note: (...line) => void told.push(line),
    },
    clock: { now: () => now, token: () => `t${++tokens}` },
    deflateBlock: deflateSynchronously,
    ocsfEncoder: () => Promise.reject(new Error('No account has the format ocsf')),
  };
  const exportBatch = createBatchExporter({
    ports,
    settings: { settle: 0, limits: { partBytes: 5_000, level: 1, mapping: 'm1' }, writerVersion: '1.0.0' },
    createBuckets: () =>
      createBuckets({
        endpoints: {},
        exporter: { region: 'eu-central-1' },
        secrets: { read: async secretId => world.secrets.get(secretId) ?? '' },
        open: async ({ destination }) => ({
          async create({ key, body }, { step }) {
            const name = JSON.stringify([placeOf(destination), key]);
            const chunks: Uint8Array[] = [];
            for await (const chunk of body) chunks.push(Buffer.from(chunk));
            await step('creating');
            if (objects.has(name)) return exists('412 PreconditionFailed');
            objects.set(name, Buffer.concat(chunks));
            return created;
          },
          close: () => undefined,
        }),
      }),
    retryAfter: async () => undefined,
    timer: () => () => undefined,
  });
  return {
    files,
    failures,
    told,
    run: (bodies: readonly string[]) =>
      exportBatch(
        bodies.map(
          (body, index): ReceivedMessage => ({
            messageId: String(index),
            receiptHandle: String(index),
            body,
            attributes: { ApproximateReceiveCount: '1' },
          }),
        ),
        () => 900_000,
      ),
  };
}

function placeOf(destination: Account['destination']): string {
  return destination.type === 'azure'
    ? `${destination.storageAccount}/${destination.container}`
    : destination.bucket;
}

/** A ledger in memory, with conditional writes on versions like the table. */
function createMemoryLedger(): Ledger {
  const cursors = new Map<string, Cursor>();
  let writes = 0;
  const update = (accountId: string, { version }: Cursor, change: (cursor: Cursor) => Partial<Cursor>) => {
    const present = cursors.get(accountId);
    if (!present || present.version !== version) return undefined;
    const next = { ...present, ...change(present), lastWrite: String(++writes) };
    cursors.set(accountId, next);
    return next;
  };
  const first: Omit<Cursor, 'exportedThrough'> = {
    version: 0,
    lastWrite: 'created',
    attempts: [],
    failures: 0,
  };
  return {
    readCursor: async accountId => cursors.get(accountId),
    async createCursor(accountId, exportedThrough) {
      const cursor = cursors.get(accountId) ?? { exportedThrough, ...first };
      cursors.set(accountId, cursor);
      return cursor;
    },
    async begin(accountId, cursor, intent, attempt) {
      if (cursors.get(accountId)?.lastWrite !== cursor.lastWrite) return undefined;
      return update(accountId, cursor, ({ attempts, version }) => ({
        intent,
        attempts: attemptsWith(attempts, attempt),
        version: version + (cursor.intent === intent ? 0 : 1),
        stopped: undefined,
      }));
    },
    noteCreating: async (accountId, cursor, { token }) =>
      update(accountId, cursor, ({ attempts }) => ({
        attempts: attempts.map(attempt =>
          attempt.token === token ? { ...attempt, step: 'creating' as const } : attempt,
        ),
      })) !== undefined,
    commit: async (accountId, cursor, { final, window, lastSortKey = '' }) =>
      update(accountId, cursor, ({ exportedThrough, version }) => ({
        ...first,
        exportedThrough: final ? window.end : exportedThrough,
        version: version + 1,
        intent: final || !cursor.intent ? undefined : followingPart(cursor.intent, lastSortKey),
        lastError: undefined,
        tooLargeBytes: undefined,
      })),
    recordFailure: async (accountId, cursor, lastError, ended) =>
      update(accountId, cursor, ({ attempts, failures }) => ({
        lastError,
        failures: failures + 1,
        ...(ended && lastError.code === 'out_of_time' && { tooLargeBytes: ended.attempt.partBytes }),
        attempts: attempts.flatMap(attempt => {
          if (attempt.token !== ended?.attempt.token) return [attempt];
          return ended.became === 'refused' ? [] : [{ ...attempt, lease: undefined }];
        }),
      })) !== undefined,
    recordStop: async (accountId, cursor, stopped) =>
      update(accountId, cursor, () => ({ stopped })) !== undefined,
    async *deliveredWindows() {
      yield* [];
    },
    noteRecounted: async () => undefined,
  };
}
