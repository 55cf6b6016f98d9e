import { expect, test } from 'vitest';
import { bySettling, windowsOwed } from '../../../../../cli/stage/ledger/windows-owed.ts';
import { parseAccount } from '../../../../../lambdas/domain/account.ts';
import type { Cursor } from '../../../../../lambdas/domain/cursor.ts';
import { toIso } from '../../../../../lambdas/domain/instant.ts';

const hour = 3_600_000;
const minute = 60_000;
const now = Date.parse('2026-11-22T08:02:00Z');
const account = (changes: object = {}) =>
  parseAccount({
    accountId: 'acme',
    timeZone: 'UTC',
    status: 'active',
    destination: { type: 'gcs', bucket: 'acme-audit' },
    secretId: 'x',
    ...changes,
  });
const at = (time: string) => Date.parse(`2026-11-22T${time}:00Z`);
const cursor = (exportedThrough: number): Cursor => ({
  exportedThrough,
  version: 1,
  lastWrite: 'created',
  attempts: [],
  failures: 0,
});
const ends = (windows: readonly { readonly end: number }[]) =>
  windows.map(({ end }) => toIso(end).slice(11, 16));

test('every window that has ended since the cursor is owed, as far as the add-on covers it', () => {
  expect(ends(windowsOwed(account(), cursor(at('00:00')), now))).toEqual(['04:00', '08:00']);
  const expiring = account({ addOnExpiresAt: '2026-11-22T05:00:00Z' });
  expect(ends(windowsOwed(expiring, cursor(at('00:00')), now))).toEqual(['04:00']);
});

test('without a cursor the window that ended last is owed, or history', () => {
  expect(ends(windowsOwed(account(), undefined, now))).toEqual(['08:00']);
  const history = account({ exportFrom: '2026-11-21T23:00:00Z' });
  expect(ends(windowsOwed(history, undefined, now))).toEqual(['00:00', '04:00', '08:00']);
});

test('a window that was begun keeps its end, although the time zone has changed', () => {
  const recipe = {
    place: { type: 'gcs', bucket: 'acme-audit' },
    format: 'ndjson',
    compression: 'zip',
    emptyWindows: 'file',
    partBytes: 1,
    level: 1,
  } as const;
  const window = { start: at('00:00'), end: at('04:00') };
  const begun = { ...cursor(at('00:00')), intent: { window, part: 1, recipe } };
  expect(ends(windowsOwed(account({ timeZone: 'Asia/Kolkata' }), begun, now))).toEqual(['04:00', '06:30']);
});

test('a window is read once its rows have settled, to the millisecond', () => {
  const ended = windowsOwed(account(), cursor(at('00:00')), now);
  const { settled, settling } = bySettling(ended, now, 5 * minute);
  expect([ends(settled), ends(settling)]).toEqual([['04:00'], ['08:00']]);
  expect(ends(bySettling(ended, at('08:00') + 5 * minute, 5 * minute).settling)).toEqual([]);
  expect(ends(bySettling(ended, at('08:00') + 5 * minute - 1, 5 * minute).settling)).toEqual(['08:00']);
  expect(bySettling(ended, now + hour, 0).settling).toEqual([]);
});
