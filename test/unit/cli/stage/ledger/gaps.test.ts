import { expect, test } from 'vitest';
import { findGaps, gapWithoutRows } from '../../../../../cli/stage/ledger/gaps.ts';
import type { Cursor } from '../../../../../lambdas/domain/cursor.ts';
import type { DeliveredFile } from '../../../../../lambdas/domain/delivered-file.ts';

const file = (start: number, end: number, part = 1, final = true): DeliveredFile => ({
  window: { start, end },
  part,
  final,
  place: { type: 'gcs', bucket: 'logs' },
  key: 'key',
  format: 'ndjson',
  compression: 'zip',
  records: 0,
  malformed: 0,
  bytes: 0,
  uncompressedBytes: 0,
  sha256: '',
  attempt: 1,
  startedAt: 0,
  deliveredAt: 0,
});

const cursor = (exportedThrough: number): Cursor => ({
  exportedThrough,
  version: 1,
  lastWrite: 'created',
  attempts: [],
  failures: 0,
});

const gapsOf = (files: readonly DeliveredFile[], through: number, before?: DeliveredFile) =>
  findGaps(files, cursor(through), before).map(({ what, window }) => [what, window.start, window.end]);

test('windows that follow each other, in whatever parts, have no gap', () => {
  expect(gapsOf([file(0, 4), file(4, 8, 1, false), file(4, 8, 2), file(8, 12)], 12)).toEqual([]);
});

test('a window that is being delivered is no gap', () => {
  expect(gapsOf([file(0, 4), file(4, 8, 1, false)], 4)).toEqual([]);
});

test.each([
  ['a missing window', [file(0, 4), file(8, 12)], 12, ['No file for this time', 4, 8]],
  ['overlapping windows', [file(0, 4), file(3, 8)], 8, ['Windows overlap', 3, 4]],
  ['a missing first part', [file(0, 4), file(4, 8, 2)], 8, ['The first part of a window is missing', 4, 8]],
  [
    'a missing part between',
    [file(4, 8, 1, false), file(4, 8, 3)],
    8,
    ['Part 2 is missing or doubled', 4, 8],
  ],
  [
    'a missing last part',
    [file(0, 4, 1, false), file(4, 8)],
    8,
    ['The last part of a window is missing', 0, 4],
  ],
  ['a missing last window', [file(0, 4)], 8, ['The cursor is past windows without a row', 4, 8]],
])('%s is a gap', (_name, files, through, gap) => {
  expect(gapsOf(files, through)).toEqual([gap]);
});

test.each([
  ['the first one', [file(8, 12)], 12, ['No file for this time', 4, 8]],
  ['the only one', [], 8, ['The cursor is past windows without a row', 4, 8]],
])(
  '%s of the windows asked for is missing, if it does not follow the file before them',
  (_, files, through, gap) => {
    expect(gapsOf(files, through, file(0, 4))).toEqual([gap]);
  },
);

test('the windows asked for have no gap if they follow the file before them', () => {
  expect(gapsOf([file(4, 8)], 8, file(0, 4))).toEqual([]);
  expect(gapsOf([], 4, file(0, 4))).toEqual([]);
});

test('an account that was delivered files of which no row is left has a gap that ends at the cursor', () => {
  const hour = 3_600_000;
  expect(gapWithoutRows(cursor(8 * hour), 'UTC').window).toEqual({ start: 4 * hour, end: 8 * hour });
  const recipe = {
    place: { type: 'gcs', bucket: 'logs' },
    format: 'ndjson',
    compression: 'zip',
    emptyWindows: 'file',
    partBytes: 1,
    level: 1,
  } as const;
  const window = { start: 8 * hour, end: 12 * hour };
  const inParts = { ...cursor(8 * hour), intent: { window, part: 2, recipe } };
  expect(gapWithoutRows(inParts, 'UTC').window).toEqual(window);
});
