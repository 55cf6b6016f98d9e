import { describe, expect, test } from 'vitest';
import { keyForm, sortKeyBound } from '../../../lambdas/domain/sort-key.ts';

describe('keys of a table of ISO 8601', () => {
  test.each([
    '2025-11-03T07:04:00.120Z#01JD',
    '2025-11-03T07:04:00Z',
    '2025-11-03T07:04:00#1',
    '2025-11-03T07:04:00.123456z',
    '2025-11-03T07:04:00+00:00',
    '2025-11-03T07:04Z#1',
    '2024-02-29T00:00:00.000Z',
  ])('%s is in the window of its instant', key => {
    expect(keyForm(key, 'iso')).toMatchObject({ readable: true, name: 'text in ISO 8601 in UTC' });
  });

  test.each([
    ['2025-11-03 07:04:00Z', 'ISO 8601 with a space in the place of T'],
    ['2025-11-03_07:04:00Z', 'ISO 8601 with another character in the place of T'],
    ['2025-11-03t07:04:00z', 'ISO 8601 with a small t'],
    ['20251103T070400Z', 'ISO 8601 in its compact form'],
    ['20251103T070400.123Z#1', 'ISO 8601 in its compact form'],
    ['20251103070400', 'ISO 8601 in its compact form'],
    ['20251103', 'ISO 8601 in its compact form'],
    ['1762153440', 'seconds since 1970 as text'],
    ['1762153440#01JD', 'seconds since 1970 as text'],
    ['1762153440-01JD', 'seconds since 1970 as text'],
    ['1762153440.123', 'seconds since 1970 as text'],
    ['1762153440123', 'milliseconds since 1970 as text'],
    ['1762153440123456', 'microseconds since 1970 as text'],
    ['1762153440123456789', 'nanoseconds since 1970 as text'],
    [' 2025-11-03T07:04:00Z', 'text that begins with a space'],
    ['\u00a02025-11-03T07:04:00Z', 'text that begins with a space'],
    ['"2025-11-03T07:04:00Z"', 'text that begins with a quote'],
    ['\u200b2025-11-03T07:04:00Z', 'text that begins with an invisible character'],
    ['2025-11-03T07:04:00+02:00', 'ISO 8601 with an offset other than Z'],
    ['2025-11-03T07:04:00.5+0200#1', 'ISO 8601 with an offset other than Z'],
    ['2025-11-03T07:04:00-0500', 'ISO 8601 with something behind it that may be an offset or a time zone'],
    ['2025-11-03T07:04:00 CET', 'ISO 8601 with something behind it that may be an offset or a time zone'],
    ['2025-11-03T07:04#1', 'ISO 8601 without seconds'],
    ['2025-02-30T07:04:00Z', 'ISO 8601 with a day or time that does not exist'],
    ['2025-11-03', 'a date without a time'],
    ['2025-11-03#1', 'a date without a time'],
    ['2025-1-3T07:04:00Z', 'ISO 8601 with digits missing'],
    ['2025/11/03 07:04', 'a date with slashes'],
    ['03.11.2025 07:04', 'a date that does not begin with its year'],
    ['11/03/2025', 'a date that does not begin with its year'],
    ['Mon, 03 Nov 2025 07:04:00 GMT', 'a date in words'],
    ['LOG#2025-11-03T07:04:00Z', 'text in front of the instant'],
    ['01K94ZQ0000000000000000000', 'a ULID'],
    ['0f8fad5b-d9cb-469f-a165-70867728950e', 'a UUID'],
    ['hello', 'text that is no instant'],
    ['', 'text that is no instant'],
    [1_762_153_440_123, 'a number of milliseconds since 1970'],
    [undefined, 'none: the row has no such attribute'],
    [new Uint8Array(2), 'neither text nor a number'],
  ])('%j is called by its form: %s', (key, name) => {
    expect(keyForm(key, 'iso')).toMatchObject({ readable: false, name });
  });
});

describe('keys of a table of epoch milliseconds', () => {
  test('of milliseconds are in the window of their instant', () => {
    expect(keyForm(1_762_153_440_123, 'epochMilliseconds')).toEqual({
      readable: true,
      name: 'a number of milliseconds since 1970',
      instant: 1_762_153_440_123,
    });
    expect(keyForm('1762153440123.45678901234567890123', 'epochMilliseconds')).toMatchObject({
      readable: true,
    });
  });

  test.each([
    [1_762_153_440, 'a number of seconds since 1970'],
    [1_762_153_440.5, 'a number of seconds since 1970'],
    [1_762_153_440_123_456, 'a number of microseconds since 1970'],
    ['1762153440123456789', 'a number of nanoseconds since 1970'],
    [20_251_103, 'a number that is no time since 1970'],
    [0, 'a number that is no time since 1970'],
    [-1, 'a number that is no time since 1970'],
    ['2025-11-03T07:04:00Z', 'text in ISO 8601 in UTC'],
  ])('%j is called by its form: %s', (key, name) => {
    expect(keyForm(key, 'epochMilliseconds')).toMatchObject({ readable: false, name });
  });
});

test('a key that is readable sorts into the window of its instant', () => {
  const start = Date.parse('2025-11-03T04:00:00Z');
  const end = start + 4 * 3_600_000;
  for (const key of [
    '2025-11-03T04:00:00Z',
    '2025-11-03T04:00Z',
    '2025-11-03T07:59:59.999Z#1',
    '2025-11-03T04:00:00#1',
  ]) {
    expect(keyForm(key, 'iso').readable).toBe(true);
    expect(key >= sortKeyBound(start, 'iso') && key < sortKeyBound(end, 'iso')).toBe(true);
  }
});
