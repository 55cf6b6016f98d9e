import { expect, test } from 'vitest';
import { type Answer, created, unclear } from '../../../lambdas/buckets/bucket.ts';
import type { Attempt, Cursor } from '../../../lambdas/domain/cursor.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import { noSilences, type Silences } from '../../../lambdas/domain/silence.ts';
import { createDeadline, turn } from '../../../lambdas/exporter/deadline.ts';
import { exportAccount } from '../../../lambdas/exporter/export-account.ts';
import type { ExporterPorts } from '../../../lambdas/exporter/ports.ts';
import { idlePorts } from './idle-ports.ts';

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
  /** The number of owed windows. */
  readonly windows?: number;
  readonly attempts?: readonly Attempt[];
  readonly silences?: Silences;
  readonly failures?: number;
  /** The duration of each upload in milliseconds. */
  readonly uploadTakes?: number;
  readonly answer?: Answer;
  /** The result of asking for a permit. */
  readonly take?: () => Promise<boolean>;
  readonly lastError?: Cursor['lastError'];
  /** The error of opening the bucket. */
  readonly opening?: ExportError;
  readonly status?: 'active' | 'paused';
  readonly settle?: number;
  /** The delay of the message after its tick in milliseconds. */
  readonly receivedAfter?: number;
  readonly recountAfter?: number;
}

/** Exports an account that is owed windows, with a clock that only uploads advance. */
async function run(setting: Setting) {
  const {
    windows = 1,
    attempts = [],
    silences = noSilences,
    uploadTakes = 0,
    answer = created,
    take = async () => true,
    lastError,
    opening,
    failures = 0,
    status = 'active',
    settle = 0,
    receivedAfter = hours,
    recountAfter,
  } = setting;
  const tick = start + windows * 4 * hours;
  const began = tick + receivedAfter;
  let now = began;
  let cursor: Cursor = { exportedThrough: start, version: 1, lastWrite: '', attempts, failures, lastError };
  const queued: number[] = [];
  const noted: string[] = [];
  const patiences: number[] = [];
  let tokens = 0;
  let uploads = 0;
  const idle = idlePorts(cursor);
  const ports: ExporterPorts = {
    ...idle,
    accounts: {
      read: async () => ({
        record: { ...record, status },
        cursor,
        silences,
      }),
    },
    ledger: {
      ...idle.ledger,
      readCursor: async () => cursor,
      begin: async (_id, _cursor, intent, attempt) => {
        cursor = { ...cursor, intent, attempts: [...cursor.attempts, attempt] };
        return cursor;
      },
      commit: async (_id, _cursor, { window }) => {
        cursor = { ...cursor, exportedThrough: window.end, intent: undefined, attempts: [] };
        return cursor;
      },
      recordFailure: async (_id, _cursor, { code }) => {
        noted.push(`failed ${code}`);
        return true;
      },
      async *deliveredWindows(_id, _after, upTo) {
        yield { window: { start: upTo - 4 * hours, end: upTo }, records: 0, readAt: upTo };
      },
      noteRecounted: async (_id, through) => void noted.push(`recounted ${(through - start) / hours}`),
    },
    buckets: {
      async open(_account, patience) {
        patiences.push(patience);
        if (opening) throw opening;
        return {
          async create(_object, { step }) {
            await step('creating');
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
      noteSilence: async ({ bucket, region }, { asked, ended }) =>
        void noted.push(`silent ${bucket} ${region} for ${ended - asked} ms`),
      noteAnswer: async ({ bucket }, _now, wasSilent) =>
        void noted.push(`${wasSilent ? 'recovered' : 'answered'} ${bucket}`),
      async take({ name }) {
        noted.push(`asks for ${name}`);
        return take();
      },
    },
    queue: { send: async (_message, delay) => void queued.push(delay) },
    clock: { now: () => now, token: () => `t${++tokens}` },
  };
  const deadline = createDeadline(
    () => began + 900_000 - now,
    () => () => undefined,
    ports.clock,
  );
  const settings = {
    settle,
    recountAfter,
    limits: { partBytes: 1000, level: 1, mapping: 'm1' },
    writerVersion: 'test',
  };
  const outcome = await exportAccount(
    { accountId, tick },
    { messageId, received: 1, ports, settings, deadline },
  ).catch((thrown: unknown) => (thrown instanceof ExportError ? thrown.code : thrown));
  return { outcome, uploads, queued, noted, patiences, attempts: cursor.attempts, deadline };
}

const leased = (until: number): Attempt => ({
  token: 'another',
  place: 'gcs://acme-audit',
  partBytes: 1000,
  startedAt: start,
  lease: { messageId: 'another', until },
  step: 'staging',
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
const silentAt = (asked: number, ...names: string[]): Silences => ({
  ...noSilences,
  buckets: new Map(names.map(name => [`gcs://${name}`, { region: 'gcs', asked, ended: asked + 1000 }])),
});
const suspended = silentAt(began - 10_000, 'a', 'b', 'c');

test('in a suspended region a bucket is asked by who gets a permit, once for all of its files', async () => {
  expect(await run({ windows: 2, silences: suspended })).toMatchObject({
    outcome: 'done',
    uploads: 2,
    patiences: [1000, 1000],
    noted: ['asks for first gcs', 'answered gcs://acme-audit'],
  });
});

test('who gets no permit has to wait; the failure is recorded, with a code of its own where nobody was asked', async () => {
  const take = async () => false;
  const unknown = await run({ silences: suspended, take });
  expect(unknown).toMatchObject({ outcome: 'suspended', uploads: 0, attempts: [] });
  expect(unknown.noted).toEqual(['asks for first gcs', 'failed region_silent']);
  const known = await run({ silences: silentAt(began - 10_000, 'acme-audit'), take });
  expect(known.outcome).toBe('suspended');
  expect(known.noted).toEqual(['asks for again gcs', 'failed no_answer']);
});

test('who cannot learn whether there is a permit goes on as if nothing were known', async () => {
  const take = async () => {
    throw new Error('dispatch-state is throttled');
  };
  expect(await run({ silences: suspended, take })).toMatchObject({ outcome: 'done', uploads: 1 });
});

test('an answer of who was silent is told as such, and an answer that is no news is not told', async () => {
  const one = silentAt(began - 10_000, 'acme-audit');
  expect((await run({ silences: one })).noted).toEqual(['asks for again gcs', 'recovered gcs://acme-audit']);
  const silences = { ...suspended, answered: new Map([['gcs', began - 10_000]]) };
  expect((await run({ silences })).noted).toEqual([]);
  const lastError = { code: 'no_answer', message: '', at: began - 5000 } as const;
  expect((await run({ silences, lastError })).noted).toEqual([
    'asks for again gcs',
    'recovered gcs://acme-audit',
  ]);
});

test('a refusal and a server error are answers, too', async () => {
  for (const code of ['access_denied', 'destination_unavailable'] as const)
    expect((await run({ silences: suspended, answer: unclear(new ExportError(code, 'No')) })).noted).toEqual([
      'asks for first gcs',
      'answered gcs://acme-audit',
      `failed ${code}`,
    ]);
});

test('silence is noted for the bucket since it was asked; a connection that broke tells nothing', async () => {
  const silent = unclear(new ExportError('no_answer', 'No answer'));
  expect((await run({ answer: silent })).noted).toEqual([
    'silent gcs://acme-audit gcs for 5000 ms',
    'failed no_answer',
  ]);
  const broken = unclear(new ExportError('network', 'The connection broke'));
  expect((await run({ silences: suspended, answer: broken })).noted).toEqual([
    'asks for first gcs',
    'failed network',
  ]);
});

test('the silence of whoever grants the access is not the bucket’s', async () => {
  const opening = new ExportError('no_answer', 'AWS did not answer in time to assume the role');
  expect((await run({ opening })).noted).toEqual(['failed no_answer']);
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
