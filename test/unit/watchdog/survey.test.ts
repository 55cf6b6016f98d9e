import { describe, expect, it } from 'vitest';
import type { Cursor } from '../../../lambdas/domain/cursor.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import { survey } from '../../../lambdas/watchdog/survey.ts';

const hour = 3_600_000;
const now = Date.parse('2026-11-22T15:00:00Z');
const record = {
  accountId: 'acme',
  timeZone: 'UTC',
  status: 'active',
  destination: { type: 'gcs', bucket: 'acme-audit' },
  secretId: 'siem-export/acme',
};

function cursorAt(exportedThrough: string, more: Partial<Cursor> = {}): Cursor {
  return {
    exportedThrough: Date.parse(exportedThrough),
    version: 1,
    lastWrite: '',
    attempts: [],
    failures: 0,
    ...more,
  };
}

const look = (records: Record<string, unknown>[], cursors: Record<string, Cursor | ExportError> = {}) =>
  survey(now, 0, {
    async *records() {
      yield records;
    },
    cursors: async accountIds => {
      const known = accountIds.flatMap(id => (cursors[id] ? [[id, cursors[id]] as const] : []));
      return new Map(known);
    },
  });

const nothing = { at: now, accounts: 0, invalid: [], failing: [], behind: [], neverExported: [], active: [] };

describe('survey', () => {
  it('finds nothing wrong with an account whose last window is delivered', async () => {
    const found = await look([record], { acme: cursorAt('2026-11-22T12:00:00Z') });
    expect(found).toEqual({ ...nothing, accounts: 1, active: ['acme'] });
  });

  it('gives a window its time of grace', async () => {
    const within = await survey(Date.parse('2026-11-22T13:59:00Z'), 0, {
      async *records() {
        yield [record];
      },
      cursors: async () => new Map([['acme', cursorAt('2026-11-22T08:00:00Z')]]),
    });
    expect(within.behind).toEqual([]);
  });

  it('names an account that is behind, and since when', async () => {
    const { behind } = await look([record], { acme: cursorAt('2026-11-22T08:00:00Z') });
    const exportedThrough = Date.parse('2026-11-22T08:00:00Z');
    expect(behind).toEqual([{ accountId: 'acme', exportedThrough, since: exportedThrough + 6 * hour }]);
  });

  it('does not count windows after the add-on expired as owed', async () => {
    const expired = { ...record, addOnExpiresAt: '2026-11-22T11:00:00Z' };
    expect((await look([expired], { acme: cursorAt('2026-11-22T08:00:00Z') })).behind).toEqual([]);
  });

  it('names an account that fails, with the error, from the failure until a file is delivered', async () => {
    const at = Date.parse('2026-11-22T12:05:00Z');
    const lastError = { code: 'access_denied', message: 'Grant it', at } as const;
    const { failing, behind } = await look([record], {
      acme: cursorAt('2026-11-22T08:00:00Z', { failures: 1, failingSince: at, lastError }),
    });
    expect(failing).toMatchObject([
      { accountId: 'acme', code: 'access_denied', message: 'Grant it', since: at },
    ]);
    expect(behind).toEqual([]);
  });

  it('counts an account that was resumed with windows owed as one that waits for its first file', async () => {
    const found = await look([record], { acme: cursorAt('2026-11-20T08:00:00Z', { stopped: 'paused' }) });
    expect(found).toEqual({ ...nothing, accounts: 1, active: ['acme'], neverExported: ['acme'] });
  });

  it('expects nothing of an account that was resumed before its next window ended', async () => {
    const found = await look([record], { acme: cursorAt('2026-11-22T12:00:00Z', { stopped: 'paused' }) });
    expect(found).toEqual({ ...nothing, accounts: 1, active: ['acme'] });
  });

  it('leaves a paused account in peace', async () => {
    const found = await look([{ ...record, status: 'paused' }]);
    expect(found).toEqual({ ...nothing, accounts: 1 });
  });

  it('names an active account that no exporter has seen', async () => {
    expect((await look([record])).neverExported).toEqual(['acme']);
  });

  it('names an invalid record with its faults, and goes on with the others', async () => {
    const { invalid, behind } = await look(
      [
        { ...record, timeZone: 'Mars/Olympus' },
        { ...record, accountId: 'b' },
      ],
      {
        b: cursorAt('2026-11-20T00:00:00Z'),
      },
    );
    expect(invalid).toEqual([
      { accountId: 'acme', faults: expect.stringContaining('timeZone'), paused: false },
    ]);
    expect(behind).toHaveLength(1);
  });

  it('names an account whose cursor cannot be read, and goes on with the others', async () => {
    const unreadable = new ExportError('internal', 'The item cursor of the account "acme" cannot be read');
    const { invalid, behind } = await look(
      [record, { ...record, accountId: 'b' }, { ...record, accountId: 'c', timeZone: 'Mars/Olympus' }],
      { acme: unreadable, b: cursorAt('2026-11-20T00:00:00Z'), c: unreadable },
    );
    expect(invalid).toEqual([
      { accountId: 'acme', faults: unreadable.message, paused: false },
      { accountId: 'c', faults: expect.stringMatching(/timeZone.*; The item cursor/), paused: false },
    ]);
    expect(behind).toHaveLength(1);
  });

  it('names a paused account with an invalid record: it would fail on the day it is resumed', async () => {
    const { invalid } = await look([{ ...record, status: 'paused', secretId: 5 }]);
    expect(invalid).toEqual([
      { accountId: 'acme', faults: expect.stringContaining('secretId'), paused: true },
    ]);
  });

  it('tells how far an account had come whose record became invalid', async () => {
    const cursor = cursorAt('2026-11-20T00:00:00Z');
    const { invalid, behind, neverExported } = await look([{ ...record, destination: {} }], { acme: cursor });
    expect(invalid).toMatchObject([{ accountId: 'acme', exportedThrough: cursor.exportedThrough }]);
    expect([...behind, ...neverExported]).toEqual([]);
  });

  it.each([
    ['that no dispatcher asks for', 'Asia/Nowhere'],
    ['in another spelling, which the index has under another name', 'asia/kolkata'],
    ['that is no text, so that the index does not have it', 5],
    ['that is missing, so that the index does not have it', undefined],
  ])('names an account with a time zone %s', async (_, timeZone) => {
    const { invalid } = await look([{ ...record, timeZone }]);
    expect(invalid).toMatchObject([{ accountId: 'acme', faults: expect.stringContaining('timeZone') }]);
  });
});
