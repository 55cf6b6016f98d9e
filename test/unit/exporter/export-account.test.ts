import { expect, test } from 'vitest';
import { deflateSynchronously } from '../../../lambdas/archive/deflate.ts';
import { type Answer, created, unclear } from '../../../lambdas/buckets/bucket.ts';
import type { Attempt, Cursor } from '../../../lambdas/domain/cursor.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import type { Silence } from '../../../lambdas/domain/silence.ts';
import { createDeadline, turn } from '../../../lambdas/exporter/deadline.ts';
import { exportAccount } from '../../../lambdas/exporter/export-account.ts';
import type { ExporterPorts } from '../../../lambdas/exporter/ports.ts';

const hours = 3_600_000;
const start = Date.UTC(2026, 10, 22);
const accountId = 'acme';
const record = {
  accountId,
  timeZone: 'UTC',
  status: 'active',
  destination: { type: 'gcs', bucket: 'acme-audit' },
  secretId: 'siem-export/acme',
};

interface Setting {
  /** So many windows are owed. */
  readonly windows?: number;
  readonly attempts?: readonly Attempt[];
  readonly silence?: Silence;
  readonly failures?: number;
  /** How long each upload takes, in milliseconds. */
  readonly uploadTakes?: number;
  readonly answer?: Answer;
  readonly mayProbe?: boolean;
}

/** Exports an account that is owed windows, on a clock that only uploads move. */
async function run(setting: Setting) {
  const {
    windows = 1,
    attempts = [],
    silence,
    uploadTakes = 0,
    answer = created,
    mayProbe,
    failures = 0,
  } = setting;
  const tick = start + windows * 4 * hours;
  const began = tick + hours;
  let now = began;
  let cursor: Cursor = { exportedThrough: start, version: 1, lastWrite: '', attempts, failures };
  const patience: number[] = [];
  const queued: number[] = [];
  const noted: string[] = [];
  let tokens = 0;
  let uploads = 0;
  const ports: ExporterPorts = {
    accounts: {
      read: async () => ({ record, cursor, silences: new Map(silence ? [['gcs', silence]] : []) }),
    },
    ledger: {
      readCursor: async () => cursor,
      createCursor: async () => cursor,
      begin: async (_id, _cursor, intent, attempt) => {
        cursor = { ...cursor, intent, attempts: [...cursor.attempts, attempt] };
        return cursor;
      },
      noteStep: async () => true,
      commit: async (_id, _cursor, { window }) => {
        cursor = { ...cursor, exportedThrough: window.end, intent: undefined, attempts: [] };
        return cursor;
      },
      recordFailure: async (_id, _cursor, { code }) => {
        noted.push(`failed ${code}`);
        return true;
      },
      recordStop: async () => true,
    },
    auditLog: {
      async *pages() {
        yield* [];
      },
    },
    buckets: {
      async open(_account, milliseconds) {
        patience.push(milliseconds);
        return {
          async create() {
            uploads++;
            now += uploadTakes;
            return answer;
          },
          close: () => undefined,
        };
      },
      reopen: async () => undefined,
    },
    silences: {
      note: async (region, id) => void noted.push(`silent ${region} ${id}`),
      mayProbe: async region => {
        noted.push(`asks ${region}`);
        return mayProbe ?? true;
      },
      clear: async region => void noted.push(`clear ${region}`),
    },
    queue: { send: async (_message, delay) => void queued.push(delay) },
    events: {
      delivered: async () => undefined,
      failed: async () => undefined,
      recovered: async () => undefined,
      stopped: async () => undefined,
    },
    telemetry: {
      lacking: () => undefined,
      delivered: () => undefined,
      failed: () => undefined,
      stopped: () => undefined,
      note: () => undefined,
    },
    clock: { now: () => now, token: () => `t${++tokens}` },
    deflateBlock: deflateSynchronously,
  };
  const deadline = createDeadline(
    () => began + 900_000 - now,
    () => () => undefined,
    ports.clock,
  );
  const settings = { settle: 0, limits: { partBytes: 1000, level: 1 }, writerVersion: 'test' };
  const outcome = await exportAccount({ accountId, tick }, ports, settings, deadline).catch(
    (thrown: unknown) => (thrown instanceof ExportError ? thrown.code : thrown),
  );
  return { outcome, uploads, queued, noted, patience, attempts: cursor.attempts, deadline };
}

const leased = (until: number): Attempt => ({
  token: 'another',
  place: 'gcs://acme-audit',
  partBytes: 1000,
  startedAt: start,
  leasedUntil: until,
});

test('an account that another exporter is at work on is queued again, and nothing is read for it', async () => {
  const { outcome, uploads, queued } = await run({ attempts: [leased(start + 24 * hours)] });
  expect(outcome).toBe('leased');
  expect(uploads).toBe(0);
  expect(queued).toEqual([60]);
});

test('a lease that is over holds nobody', async () => {
  const { outcome, uploads } = await run({ attempts: [leased(start + 4 * hours)] });
  expect(outcome).toBe('done');
  expect(uploads).toBe(1);
});

test('an account that is owed nothing is done, whoever is at work on it', async () => {
  expect((await run({ windows: 0, attempts: [leased(start + 24 * hours)] })).outcome).toBe('done');
});

test('an attempt is leased until its invocation is over', async () => {
  const failure = new ExportError('network', 'The connection broke');
  const { outcome, attempts, deadline } = await run({ answer: unclear(failure) });
  expect(outcome).toBe('network');
  expect(attempts).toMatchObject([{ token: 't1', leasedUntil: deadline.end }]);
});

test('a backlog is worked off for a turn, and then queued behind whoever waits', async () => {
  const { outcome, uploads, queued } = await run({ windows: 100, uploadTakes: 20_000 });
  expect(outcome).toBe('continued');
  expect(uploads).toBe(turn / 20_000);
  expect(queued).toEqual([0]);
});

const suspendedAt = (at: number): Silence => ({ accountIds: ['a', 'b', 'c'], at });
const began = start + 5 * hours;

test('a region that is suspended is not tried, and the failure is recorded', async () => {
  const { outcome, uploads, noted } = await run({ silence: suspendedAt(began - 1000) });
  expect(outcome).toBe('no_answer');
  expect(uploads).toBe(0);
  expect(noted).toEqual(['failed no_answer']);
});

test('a region that is suspended is probed by whoever gets the probe, and open again after an answer', async () => {
  const probe = await run({ silence: suspendedAt(began - 31_000) });
  expect(probe.outcome).toBe('done');
  expect(probe.noted).toEqual(['asks gcs', 'clear gcs']);
  const late = await run({ silence: suspendedAt(began - 31_000), mayProbe: false });
  expect(late.outcome).toBe('no_answer');
  expect(late.uploads).toBe(0);
});

test('silence is noted for the region, any other failure is not', async () => {
  const silent = unclear(new ExportError('no_answer', 'No answer'));
  expect((await run({ answer: silent })).noted).toEqual(['failed no_answer', 'silent gcs acme']);
  const broken = unclear(new ExportError('network', 'The connection broke'));
  expect((await run({ answer: broken })).noted).toEqual(['failed network']);
});

test('an account that failed twice in a row gives the cloud more time', async () => {
  expect((await run({})).patience).toEqual([8_000]);
  expect((await run({ failures: 1 })).patience).toEqual([8_000]);
  expect((await run({ failures: 2 })).patience).toEqual([30_000]);
});
