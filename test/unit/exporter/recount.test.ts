import { expect, test } from 'vitest';
import type { Cursor } from '../../../lambdas/domain/cursor.ts';
import type { DeliveredWindow } from '../../../lambdas/domain/delivered-file.ts';
import { recount } from '../../../lambdas/exporter/recount.ts';

const hours = 3_600_000;
const midnight = Date.UTC(2026, 10, 22);
const tick = midnight + 48 * hours;

interface Setting {
  /** Window ends in hours after midnight, and how many rows were recorded late. */
  readonly delivered?: readonly (readonly [end: number, late: number])[];
  /** When each window was read, in hours after its end. */
  readonly readAfter?: number;
  readonly cursor?: Partial<Cursor>;
  readonly hasDelivered?: boolean;
  /** The number of counts after which the turn ends. */
  readonly countsInTurn?: number;
  /** The port that throws. */
  readonly failing?: 'deliveredWindows' | 'count' | 'recordedLate' | 'noteRecounted';
}

/** Recounts windows that are 24 hours old, at a tick two days after midnight. */
async function run({
  delivered = [],
  readAfter = 0.1,
  cursor = {},
  hasDelivered = true,
  countsInTurn = Number.POSITIVE_INFINITY,
  failing,
}: Setting) {
  const told: string[] = [];
  const counted: number[] = [];
  const failIf = (call: Setting['failing']) => {
    if (call === failing) throw new Error('AWS is away');
  };
  const hourOf = (instant: number) => (instant - midnight) / hours;
  const isWhole = await recount({
    accountId: 'acme',
    cursor: { exportedThrough: tick, version: 1, lastWrite: '', attempts: [], failures: 0, ...cursor },
    tick,
    recountAfter: 24 * hours,
    hasDelivered,
    ports: {
      ledger: {
        async *deliveredWindows(_accountId, after, upTo) {
          failIf('deliveredWindows');
          for (const [end] of delivered) {
            const window = { start: midnight + (end - 4) * hours, end: midnight + end * hours };
            const found: DeliveredWindow = { window, records: 10, readAt: window.end + readAfter * hours };
            if (window.end > after && window.end <= upTo) yield found;
          }
        },
        async noteRecounted(_accountId, through) {
          failIf('noteRecounted');
          told.push(`through ${hourOf(through)}`);
        },
      },
      auditLog: {
        async count(_accountId, window) {
          counted.push(hourOf(window.end));
          failIf('count');
          const [, late = 0] = delivered.find(([end]) => end === hourOf(window.end)) ?? [];
          return 10 + late;
        },
      },
      events: {
        async recordedLate(_accountId, window, rows) {
          failIf('recordedLate');
          told.push(`event ${rows} in ${hourOf(window.end)}`);
        },
      },
      telemetry: {
        recordedLate: (_accountId, window, rows) => void told.push(`log ${rows} in ${hourOf(window.end)}`),
        note: (_subject, message) => void told.push(message),
      },
    },
    deadline: {
      allowsAnotherPart: () => counted.length < countsInTurn,
      signal: new AbortController().signal,
    },
  });
  return { isWhole, counted, told };
}

const failed = 'Delivered windows could not be counted again; the next boundary tries it';
const recountedThrough = midnight + 12 * hours;

test('rows recorded late are told, and then how far windows are counted again', async () => {
  const { told, isWhole } = await run({ delivered: [[24, 3]] });
  expect(told).toEqual(['log 3 in 24', 'event 3 in 24', 'through 24']);
  expect(isWhole).toBe(true);
});

test('nothing is told of a window that has as many rows as its files, or fewer', async () => {
  const { told } = await run({
    delivered: [
      [16, 0],
      [20, -2],
    ],
    cursor: { recountedThrough },
  });
  expect(told).toEqual(['through 16', 'through 20']);
});

test('windows are counted from where it ended last, oldest first, up to the last that is old enough', async () => {
  const delivered = [8, 12, 16, 20, 24, 28].map(end => [end, 0] as const);
  expect((await run({ delivered, cursor: { recountedThrough } })).counted).toEqual([16, 20, 24]);
});

test('an account that was last recounted long ago is counted again for a month, not for all of its history', async () => {
  const cursor = { recountedThrough: midnight - 1000 * hours };
  const monthBefore = 24 - 30 * 24;
  const windows = [
    [monthBefore, 0],
    [monthBefore + 4, 0],
    [24, 0],
  ] as const;
  expect((await run({ delivered: windows, cursor })).counted).toEqual([monthBefore + 4, 24]);
});

test('an account that was never recounted begins with the latest window that is old enough', async () => {
  const delivered = [8, 12, 16, 20, 24, 28].map(end => [end, 0] as const);
  expect((await run({ delivered })).counted).toEqual([24]);
});

test('only what is delivered in full is counted again', async () => {
  const delivered = [16, 20, 24].map(end => [end, 0] as const);
  const cursor = { recountedThrough, exportedThrough: midnight + 20 * hours };
  expect((await run({ delivered, cursor })).counted).toEqual([16, 20]);
  expect((await run({ delivered, cursor: { recountedThrough: tick } })).counted).toEqual([]);
});

test('a window that was read when it would have been counted again is passed over', async () => {
  const delivered = [[24, 5]] as const;
  expect(await run({ delivered, readAfter: 24 })).toMatchObject({ counted: [], told: ['through 24'] });
  expect((await run({ delivered, readAfter: 23.9 })).counted).toEqual([24]);
});

test('what a turn has no time for is left, and one window is counted in a turn at least', async () => {
  const delivered = [16, 20, 24].map(end => [end, 0] as const);
  const cursor = { recountedThrough };
  const later = await run({ delivered, cursor, countsInTurn: 2 });
  expect(later).toMatchObject({ counted: [16, 20], isWhole: false });
  expect(await run({ delivered, cursor, countsInTurn: 0 })).toMatchObject({ counted: [], isWhole: false });
  const fresh = await run({ delivered, cursor, countsInTurn: 0, hasDelivered: false });
  expect(fresh).toMatchObject({ counted: [16], isWhole: false });
});

test.each([
  ['deliveredWindows', [failed]],
  ['count', [failed]],
  ['recordedLate', ['log 1 in 16', failed]],
  ['noteRecounted', ['log 1 in 16', 'event 1 in 16', failed]],
] as const)(
  'a failure of %s ends it until the next boundary, and no more than that',
  async (failing, told) => {
    const delivered = [
      [16, 1],
      [20, 1],
    ] as const;
    const ended = await run({ delivered, cursor: { recountedThrough }, failing });
    expect(ended).toMatchObject({ told, isWhole: true });
  },
);
