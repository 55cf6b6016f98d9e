import { expect, test } from 'vitest';
import { standingOf } from '../../../../../cli/stage/account/standing.ts';
import type { Cursor } from '../../../../../lambdas/domain/cursor.ts';
import { ExportError } from '../../../../../lambdas/domain/failure.ts';

const record = {
  accountId: 'acme',
  timeZone: 'UTC',
  status: 'active',
  destination: { type: 'gcs', bucket: 'acme-audit' },
  secretId: 'siem-export/prod/acme',
};
const now = Date.parse('2026-11-22T09:00:00Z');
const settle = 300_000;
const exportedThrough = (time: string, more: Partial<Cursor> = {}): Cursor => ({
  exportedThrough: Date.parse(time),
  version: 1,
  lastWrite: 'created',
  attempts: [],
  failures: 0,
  ...more,
});
const lastError = { code: 'bucket_missing', message: '', at: now } as const;

test.each([
  ['ok', {}, exportedThrough('2026-11-22T08:00:00Z')],
  ['ok', {}, exportedThrough('2026-11-22T04:00:00Z')],
  ['behind', {}, exportedThrough('2026-11-22T00:00:00Z')],
  ['failing', {}, exportedThrough('2026-11-22T08:00:00Z', { failures: 1, lastError })],
  ['new', {}, undefined],
  ['paused', { status: 'paused' }, exportedThrough('2026-11-22T00:00:00Z', { failures: 1, lastError })],
  ['expired', { addOnExpiresAt: '2026-11-22T00:00:00Z' }, exportedThrough('2026-11-22T00:00:00Z')],
  ['invalid', { timeZone: 'Mars' }, exportedThrough('2026-11-22T08:00:00Z')],
  ['invalid', {}, new ExportError('internal', 'The cursor cannot be read')],
])('an account is %s with %o and the cursor %o', (state, change, cursor) => {
  expect(standingOf({ ...record, ...change }, cursor, now, settle).state).toBe(state);
});

test.each([
  ['late', {}, exportedThrough('2026-11-22T00:00:00Z', { failures: 1, lastError })],
  ['not late', {}, exportedThrough('2026-11-22T04:00:00Z', { failures: 1, lastError })],
  ['not late', { status: 'paused' }, exportedThrough('2026-11-22T00:00:00Z')],
])('an account is %s with %o and the cursor %o, whether an error says why or not', (word, change, cursor) => {
  expect(standingOf({ ...record, ...change }, cursor, now, settle).late).toBe(word === 'late');
});

test('the next window of an account that no tick has met is the one that is running', () => {
  const { nextWindow } = standingOf(record, undefined, now, settle);
  expect(nextWindow).toEqual({
    start: Date.parse('2026-11-22T08:00:00Z'),
    end: Date.parse('2026-11-22T12:00:00Z'),
  });
});
