import { describe, expect, it } from 'vitest';
import { parseAccount } from '../../../lambdas/domain/account.ts';
import type { Attempt, Cursor } from '../../../lambdas/domain/cursor.ts';
import type { FailureCode } from '../../../lambdas/domain/failure.ts';
import { troubleOf } from '../../../lambdas/domain/lateness.ts';

const minute = 60_000;
const hour = 60 * minute;
const account = parseAccount({
  accountId: 'acme',
  timeZone: 'UTC',
  status: 'active',
  destination: { type: 'gcs', bucket: 'acme-audit' },
  secretId: 'siem-export/acme',
});
/** The end of the window that is owed in most of these cases. */
const noon = Date.parse('2026-11-22T12:00:00Z');
const settle = 5 * minute;

const cursorAt = (exportedThrough: number, more: Partial<Cursor> = {}): Cursor => ({
  exportedThrough,
  version: 1,
  lastWrite: '',
  attempts: [],
  failures: 0,
  ...more,
});
const attempt = (startedAt: number, until?: number): Attempt => ({
  token: String(startedAt),
  place: 'gcs://acme-audit',
  partBytes: 1,
  startedAt,
  lease: until === undefined ? undefined : { messageId: 'message-1', until },
  step: 'staging',
});
const failed = (code: FailureCode, failingSince: number, at = failingSince): Partial<Cursor> => ({
  failures: 1,
  failingSince,
  lastError: { code, message: 'What to do', at },
});
const look = (cursor: Cursor, now: number) => troubleOf(account, cursor, now, settle);

describe('an account whose window has ended', () => {
  const cursor = cursorAt(noon - 4 * hour, { deliveredAt: noon - 4 * hour + settle });

  it('is in order for two hours and the settle time', () => {
    expect(look(cursor, noon + settle + 2 * hour - 1)).toBeUndefined();
  });

  it('is behind then, since that moment', () => {
    const since = noon + settle + 2 * hour;
    expect(look(cursor, since + 3 * hour)).toEqual({ kind: 'behind', since });
  });
});

describe('an account that catches up', () => {
  const backlog = noon - 72 * hour;

  it('is not behind while one file follows the other', () => {
    expect(look(cursorAt(backlog, { deliveredAt: noon - 2 * hour + 1 }), noon)).toBeUndefined();
  });

  it('is behind two hours after its last file', () => {
    const deliveredAt = noon - 3 * hour;
    expect(look(cursorAt(backlog, { deliveredAt }), noon)).toEqual({ kind: 'behind', since: noon - hour });
  });

  it('is not behind while its first file is at work', () => {
    const attempts = [attempt(noon - 10 * minute, noon + 5 * minute)];
    expect(look(cursorAt(backlog, { attempts }), noon)).toBeUndefined();
  });

  it('is behind when the same file is begun again and again, though it is at work just now', () => {
    const attempts = [attempt(noon - 3 * hour), attempt(noon - 10 * minute, noon + 5 * minute)];
    expect(look(cursorAt(backlog, { attempts }), noon)).toMatchObject({ kind: 'behind' });
  });

  it('is behind when nobody is at the file that was begun', () => {
    const attempts = [attempt(noon - 30 * minute, noon - 15 * minute)];
    expect(look(cursorAt(backlog, { attempts }), noon)).toMatchObject({ kind: 'behind' });
  });

  it.each(['paused', 'expired'] as const)('waits for its next boundary after it was %s', stopped => {
    const cursor = cursorAt(backlog, { stopped, ...failed('access_denied', backlog) });
    expect(look(cursor, noon)).toBeUndefined();
  });
});

describe('an account whose export fails', () => {
  it('is failing at once when a person has to act, since the first failure', () => {
    const cursor = cursorAt(noon - 4 * hour, failed('access_denied', noon - hour, noon + settle));
    expect(look(cursor, noon + settle)).toEqual({
      kind: 'failing',
      since: noon - hour,
      code: 'access_denied',
      message: 'What to do',
    });
  });

  it('is in order while it is tried again and not late', () => {
    const cursor = cursorAt(noon - 4 * hour, failed('network', noon + settle));
    expect(look(cursor, noon + hour)).toBeUndefined();
  });

  it('is failing when it is tried again and late, so that one ticket stays one whatever the last error was', () => {
    const first = failed('network', noon + settle, noon + 4 * hour);
    const since = noon + settle + 2 * hour;
    expect(look(cursorAt(noon - 4 * hour, first), since)).toMatchObject({ kind: 'failing', since });
  });

  it('is in order once its add-on has expired: nothing is owed', () => {
    const cursor = cursorAt(noon - 4 * hour, failed('access_denied', noon - hour));
    expect(troubleOf({ ...account, addOnExpiresAt: noon - 1 }, cursor, noon, settle)).toBeUndefined();
  });
});
