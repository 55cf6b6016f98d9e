import { expect, test } from 'vitest';
import { deflateSynchronously } from '../../../lambdas/archive/deflate.ts';
import { type Answer, created, unclear } from '../../../lambdas/buckets/bucket.ts';
import type { Attempt, Cursor } from '../../../lambdas/domain/cursor.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import { noSilences, type Silences } from '../../../lambdas/domain/silence.ts';
import { createDeadline, turn } from '../../../lambdas/exporter/deadline.ts';
import { exportAccount } from '../../../lambdas/exporter/export-account.ts';
import type { ExporterPorts } from '../../../lambdas/exporter/ports.ts';

const hours = 3_600_000;
const start = Date.UTC(2026, 10, 22);
const accountId = 'acme';
const messageId = 'message-1';
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
  readonly silences?: Silences;
  readonly lastAnswer?: number;
  readonly failures?: number;
  /** How long each upload takes, in milliseconds. */
  readonly uploadTakes?: number;
  readonly answer?: Answer;
  readonly mayProbe?: boolean;
  readonly status?: 'active' | 'paused';
  readonly settle?: number;
  /** How long after its tick the message is received, in milliseconds. */
  readonly receivedAfter?: number;
  readonly recountAfter?: number;
}

/** Exports an account that is owed windows, on a clock that only uploads move. */
async function run(setting: Setting) {
  const {
    windows = 1,
    attempts = [],
    silences = noSilences,
    lastAnswer,
    uploadTakes = 0,
    answer = created,
    mayProbe,
    failures = 0,
    status = 'active',
    settle = 0,
    receivedAfter = hours,
    recountAfter,
  } = setting;
  const tick = start + windows * 4 * hours;
  const began = tick + receivedAfter;
  let now = began;
  let cursor: Cursor = { exportedThrough: start, version: 1, lastWrite: '', attempts, failures };
  const queued: number[] = [];
  const noted: string[] = [];
  let tokens = 0;
  let uploads = 0;
  const ports: ExporterPorts = {
    accounts: {
      read: async () => ({
        record: { ...record, status },
        cursor,
        silences,
      }),
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
      async *deliveredWindows(_id, _after, upTo) {
        yield { window: { start: upTo - 4 * hours, end: upTo }, records: 0, readAt: upTo };
      },
      noteRecounted: async (_id, through) => void noted.push(`recounted ${(through - start) / hours}`),
    },
    auditLog: {
      async *pages() {
        yield* [];
      },
      count: async () => 0,
    },
    buckets: {
      async open() {
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
      lastAnswer: () => lastAnswer,
      note: async ({ bucket, region }) => void noted.push(`silent ${bucket} ${region}`),
      mayProbe: async ({ bucket }) => {
        noted.push(`asks for ${bucket}`);
        return mayProbe ?? true;
      },
      async noteAnswer({ bucket }, _now, { buckets }) {
        if (buckets.size > 0) noted.push(`answered ${bucket}`);
      },
    },
    queue: { send: async (_message, delay) => void queued.push(delay) },
    events: {
      delivered: async () => undefined,
      failed: async () => undefined,
      recovered: async () => undefined,
      stopped: async () => undefined,
      recordedLate: async () => undefined,
    },
    telemetry: {
      lacking: () => undefined,
      delivered: () => undefined,
      failed: () => undefined,
      stopped: () => undefined,
      recordedLate: () => undefined,
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
  const settings = { settle, recountAfter, limits: { partBytes: 1000, level: 1 }, writerVersion: 'test' };
  const outcome = await exportAccount({ accountId, tick }, { messageId, ports, settings, deadline }).catch(
    (thrown: unknown) => (thrown instanceof ExportError ? thrown.code : thrown),
  );
  return { outcome, uploads, queued, noted, attempts: cursor.attempts, deadline };
}

const leased = (until: number): Attempt => ({
  token: 'another',
  place: 'gcs://acme-audit',
  partBytes: 1000,
  startedAt: start,
  lease: { messageId: 'another', until },
});

test('an account that another exporter is at work on has to wait, and nothing is read for it', async () => {
  const { outcome, uploads, queued } = await run({ attempts: [leased(start + 24 * hours)] });
  expect(outcome).toEqual({ leasedUntil: start + 24 * hours });
  expect(uploads).toBe(0);
  expect(queued).toEqual([]);
});

test('an earlier try of the same message holds nobody, even if its failure could not be noted', async () => {
  const earlier: Attempt = { ...leased(start + 24 * hours), lease: { messageId, until: start + 24 * hours } };
  const { outcome, uploads } = await run({ attempts: [earlier] });
  expect(outcome).toBe('done');
  expect(uploads).toBe(1);
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
  expect(attempts).toMatchObject([{ token: 't1', lease: { messageId, until: deadline.end } }]);
});

test('a backlog is worked off for a turn, and then queued behind whoever waits', async () => {
  const { outcome, uploads, queued } = await run({ windows: 100, uploadTakes: 20_000 });
  expect(outcome).toBe('continued');
  expect(uploads).toBe(turn / 20_000);
  expect(queued).toEqual([0]);
});

const began = start + 5 * hours;
const silentAt = (at: number, ...names: string[]): Silences => ({
  buckets: new Map(names.map(name => [`gcs://${name}`, { region: 'gcs', at }])),
  answered: new Map(),
});

test('a region with several silent buckets is not tried, and the failure is recorded', async () => {
  const silences = silentAt(began - 1000, 'a', 'b', 'c');
  const { outcome, uploads, noted } = await run({ silences });
  expect(outcome).toBe('no_answer');
  expect(uploads).toBe(0);
  expect(noted).toEqual(['failed no_answer']);
});

test('others’ silent buckets hold nobody back whose region has answered this process meanwhile', async () => {
  const silences = silentAt(began - 1000, 'a', 'b', 'c');
  expect((await run({ silences, lastAnswer: began - 3000 })).outcome).toBe('done');
});

test('what is suspended is probed by whoever gets the probe', async () => {
  const silences = silentAt(began - 15_000, 'a', 'b', 'c');
  const probe = await run({ silences });
  expect(probe.outcome).toBe('done');
  expect(probe.noted).toEqual(['asks for gcs://a', 'answered gcs://acme-audit']);
  const late = await run({ silences, mayProbe: false });
  expect(late.outcome).toBe('no_answer');
  expect(late.uploads).toBe(0);
});

test('a bucket that answered a probe is asked again for the next file', async () => {
  const silences = silentAt(began - 15_000, 'acme-audit');
  expect(await run({ windows: 1, silences })).toMatchObject({ outcome: 'done', uploads: 1 });
  expect(await run({ windows: 1, silences, lastAnswer: began })).toMatchObject({
    outcome: 'done',
    noted: ['answered gcs://acme-audit'],
  });
});

test('silence is noted for the bucket, any other failure is not', async () => {
  const silent = unclear(new ExportError('no_answer', 'No answer'));
  expect((await run({ answer: silent })).noted).toEqual(['failed no_answer', 'silent gcs://acme-audit gcs']);
  const broken = unclear(new ExportError('network', 'The connection broke'));
  expect((await run({ answer: broken })).noted).toEqual(['failed network']);
});

test('a message that is received before its rows have settled is queued again for as long as the queue can hold it', async () => {
  const early = await run({ settle: 24 * hours, receivedAfter: 0 });
  expect(early).toMatchObject({ outcome: 'early', uploads: 0, queued: [900] });
  expect(await run({ settle: 24 * hours, receivedAfter: 24 * hours - 90_500 })).toMatchObject({
    queued: [91],
  });
  expect((await run({ settle: 24 * hours, receivedAfter: 24 * hours })).outcome).toBe('done');
});

test('a message of a tick that is more than a day ahead is refused, however long rows take to settle', async () => {
  expect((await run({ settle: 24 * hours, receivedAfter: -24 * hours })).outcome).toBe('early');
  expect((await run({ receivedAfter: -24 * hours - 1 })).outcome).toBe('message_invalid');
});

test('no window is counted again unless the stage does so', async () => {
  expect((await run({})).noted).toEqual([]);
});

test('windows are counted again when everything due is delivered, or the account has been stopped', async () => {
  const recountAfter = 8 * hours;
  expect(await run({ windows: 3, recountAfter })).toMatchObject({ outcome: 'done', noted: ['recounted 4'] });
  const paused = await run({ windows: 3, status: 'paused', recountAfter: 12 * hours });
  expect(paused).toMatchObject({ outcome: 'stopped', noted: ['recounted 0'] });
  const failure = unclear(new ExportError('network', 'The connection broke'));
  expect((await run({ recountAfter, answer: failure })).noted).toEqual(['failed network']);
});

test('windows that this turn has no time to count are queued behind whoever waits', async () => {
  const { outcome, noted, queued } = await run({ uploadTakes: turn, recountAfter: 4 * hours });
  expect(outcome).toBe('continued');
  expect(noted).toEqual([]);
  expect(queued).toEqual([0]);
});
