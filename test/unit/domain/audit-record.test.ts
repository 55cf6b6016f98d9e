import { describe, expect, it, test } from 'vitest';
import {
  defaultAttributes as attributes,
  auditRecord,
  type RowLayout,
  type StoredRow,
} from '../../../lambdas/domain/audit-record.ts';

const recordedAt = '2026-11-22T07:59:59.120Z#01JD';
const record = (row: StoredRow, layout: RowLayout = attributes) =>
  auditRecord({ recordedAt, ...row }, layout);
const dateOf = (row: StoredRow, layout: RowLayout = attributes) => {
  const { json, malformed } = record({ email: 'ann@example.com', ...row }, layout);
  return [JSON.parse(json).Date, malformed];
};

it('has the six keys in their order, and null for what is absent', () => {
  const full = {
    date: '2026-11-22T07:59:58.000Z',
    email: 'ann@example.com',
    action: 'login',
    actionId: '17',
    description: 'signed in',
    ipAddress: '192.0.2.1',
    ttl: 3,
  };
  expect(record(full)).toEqual({
    json: '{"Date":"2026-11-22T07:59:58.000Z","Email":"ann@example.com","Action":"login","Action ID":"17","Description":"signed in","IP Address":"192.0.2.1"}',
    malformed: false,
  });
  expect(record({ email: null, action: 'login' })).toEqual({
    json: '{"Date":"2026-11-22T07:59:59.120Z","Email":null,"Action":"login","Action ID":null,"Description":null,"IP Address":null}',
    malformed: false,
  });
});

describe('the date', () => {
  test.each([
    ['2026-11-22T07:59:59Z', '2026-11-22T07:59:59.000Z'],
    ['2026-11-22T07:59Z', '2026-11-22T07:59:00.000Z'],
    ['2026-11-22T07:59:59.1Z', '2026-11-22T07:59:59.100Z'],
    ['2026-11-22T07:59:59.999999999Z', '2026-11-22T07:59:59.999Z'],
    ['2026-11-22t07:59:59,5z', '2026-11-22T07:59:59.500Z'],
    ['2026-11-22 13:29:59+05:30', '2026-11-22T07:59:59.000Z'],
    ['2026-11-21T23:59:59-0800', '2026-11-22T07:59:59.000Z'],
    ['2026-11-22T08:59:59+01', '2026-11-22T07:59:59.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    [1_795_334_399_120, '2026-11-22T07:59:59.120Z'],
    [1_795_334_399_120.9, '2026-11-22T07:59:59.120Z'],
    [1_795_334_399_120n, '2026-11-22T07:59:59.120Z'],
    [1_762_135_200, '2025-11-03T02:00:00.000Z'],
    [1_762_135_200.123, '2025-11-03T02:00:00.123Z'],
    [1_762_135_200.9999, '2025-11-03T02:00:00.999Z'],
    [1_762_135_200_123_456, '2025-11-03T02:00:00.123Z'],
    [1_762_135_200_123_456_789n, '2025-11-03T02:00:00.123Z'],
    ['2025-11-03T02:00:00\u221205:00', '2025-11-03T07:00:00.000Z'],
    [null, '2026-11-22T07:59:59.120Z'],
    [undefined, '2026-11-22T07:59:59.120Z'],
  ])('%s is %s', (date, expected) => {
    expect(dateOf({ date })).toEqual([expected, false]);
  });

  test.each([
    '',
    'yesterday',
    '2026-11-22T07:59:59',
    '2026-02-30T00:00:00Z',
    '2026-11-22T24:00:00Z',
    '2026-11-22T07:59:60Z',
    '2026-11-22T07:59:59+24:00',
    '9999-12-31T23:59:59-01:00',
    '22/11/2026 07:59',
    true,
    0,
    -1_795_334_399_120,
    20_251_103_070_400,
    1e19,
    '1762135200',
    '2025-11-03T07:04:00 CET',
    [1],
    { day: 1 },
  ])('%s cannot be read: it is delivered as it is, and the row is malformed', date => {
    expect(dateOf({ date })).toEqual([date, true]);
  });

  test.each([
    ['2026-11-22T07:59:59#1', '2026-11-22T07:59:59.000Z', false],
    ['2026-11-22T07:59:59.1234567Z', '2026-11-22T07:59:59.123Z', false],
    ['1795334399120', '2026-11-22T07:59:59.120Z', false],
    [1_795_334_399_120, '2026-11-22T07:59:59.120Z', false],
    ['no date#1', 'no date#1', true],
    ['2025-11-03T07:04:00+02:00', '2025-11-03T05:04:00.000Z', false],
    ['2025-11-03T07:04:00.5+0200#01JD', '2025-11-03T05:04:00.500Z', false],
    ['2025-11-03T07:04:00-05:00[America/New_York]', '2025-11-03T12:04:00.000Z', false],
    ['2025-11-03T07:04:00 GMT+0200', '2025-11-03T05:04:00.000Z', false],
    ['2025-11-03T07:04:00,5Z', '2025-11-03T07:04:00.500Z', false],
    ['2025-11-03T07:04Z#1', '2025-11-03T07:04:00.000Z', false],
    ['2025-11-03T07:04:00Z-0500', '2025-11-03T07:04:00.000Z', false],
    ['2025-11-03T07:04:00-01JD', '2025-11-03T07:04:00.000Z', false],
    ['2025-11-03T07:04:00-0500', '2025-11-03T07:04:00-0500', true],
    ['2025-11-03T07:04:00+25:00', '2025-11-03T07:04:00+25:00', true],
    ['2025-11-03T07:04:00 CET', '2025-11-03T07:04:00 CET', true],
    ['2025-11-03 07:04:00Z', '2025-11-03 07:04:00Z', true],
    ['20251103T070400Z', '20251103T070400Z', true],
    ['2025110307', '2025110307', true],
    [' 2025-11-03T07:04:00Z', ' 2025-11-03T07:04:00Z', true],
  ])('is taken from the sort key %s where the row has none', (sortKey, expected, malformed) => {
    expect(dateOf({ recordedAt: sortKey })).toEqual([expected, malformed]);
  });

  it('is the recording instant where the sort key is the only date', () => {
    expect(dateOf({}, { ...attributes, date: 'recordedAt' })).toEqual(['2026-11-22T07:59:59.120Z', false]);
  });
});

describe('a row that lacks fields', () => {
  const required = { ...attributes, required: ['actionId' as const] };
  test.each<[string, StoredRow, RowLayout, boolean]>([
    ['has nothing but a sort key', {}, attributes, true],
    ['has nothing but a date', { date: '2026-11-22T07:59:58.000Z' }, attributes, true],
    ['has nulls alone', { email: null, action: null, description: null }, attributes, true],
    ['has an empty text', { email: '' }, attributes, false],
    ['has one field', { ipAddress: '192.0.2.1' }, attributes, false],
    ['lacks a field that is required', { email: 'ann@example.com' }, required, true],
    ['has null where one is required', { email: 'ann@example.com', actionId: null }, required, true],
    ['has the one that is required', { actionId: '17' }, required, false],
    [
      'takes the required date from its key',
      { action: 'login' },
      { ...attributes, required: ['date'] },
      true,
    ],
  ])('that %s: malformed is right', (_, row, layout, malformed) => {
    expect(record(row, layout).malformed).toBe(malformed);
  });
});

describe('a value that is not text', () => {
  test.each([
    ['a number', 42, '42'],
    ['a fraction', -0.5, '-0.5'],
    ['a number no double holds, as its digits', 12345678901234567890n, '"12345678901234567890"'],
    ['a boolean', false, 'false'],
    ['a binary, in base64', new Uint8Array([251, 255]), '"+/8="'],
    ['a set, as a list', new Set(['a', 'b']), '["a","b"]'],
    ['a nested map', { from: { ip: ['10.0.0.1', 7] }, at: null }, '{"from":{"ip":["10.0.0.1",7]},"at":null}'],
  ])('is delivered, and the row counted: %s', (_, description, json) => {
    expect(record({ description }).json).toContain(`"Description":${json},"IP`);
    expect(record({ description }).malformed).toBe(true);
  });
});

it('escapes whatever a reader may take for the end of a line', () => {
  const description = 'a\nb\r\u0085\u2028\u2029\u000b\u001e\u007f\ud800"\\';
  expect(record({ description }).json).toContain(
    String.raw`"Description":"a\nb\r\u0085\u2028\u2029\u000b\u001e\u007f\ud800\"\\"`,
  );
});

it('delivers a description of 390 KB whole', () => {
  const description = 'ü"\n'.repeat(100_000);
  expect(JSON.parse(record({ description }).json).Description).toBe(description);
});
