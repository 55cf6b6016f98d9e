import { expect, test } from 'vitest';
import {
  localWindow,
  parseInstant,
  size,
  span,
  utcTime,
  utcWindow,
  utcWord,
} from '../../../../cli/terminal/wording.ts';

const minute = 60_000;

test.each([
  [59_999, '< 1 min'],
  [12 * minute, '12 min'],
  [185 * minute, '3 h 5 min'],
  [240 * minute, '4 h'],
  [52 * 60 * minute, '2 d 4 h'],
  [-1, '< 1 min'],
])('a span of %i ms reads %s', (milliseconds, text) => {
  expect(span(milliseconds)).toBe(text);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1200, '1.2 kB'],
  [3_500_000_000, '3.5 GB'],
])('%i bytes read %s', (bytes, text) => {
  expect(size(bytes)).toBe(text);
});

test('a window is shown on the clocks of its zone, with the day where it changes', () => {
  const hours = { start: Date.parse('2026-10-24T22:00:00Z'), end: Date.parse('2026-10-25T03:00:00Z') };
  expect(localWindow(hours, 'Europe/Berlin')).toBe('2026-10-25 00:00 to 04:00 (+01:00)');
  expect(utcWindow(hours)).toBe('2026-10-24 22:00 to 2026-10-25 03:00 UTC');
});

test('an instant is ISO 8601 with an offset, or a day of UTC', () => {
  expect(parseInstant('2026-11-22T18:30:00+05:30', '--since')).toBe(Date.parse('2026-11-22T13:00:00Z'));
  expect(parseInstant('2026-11-22', '--since')).toBe(Date.parse('2026-11-22T00:00:00Z'));
});

test('an instant is taken as it is shown', () => {
  const instant = Date.parse('2026-11-22T18:30:00Z');
  for (const shown of [utcTime(instant), utcWord(instant)])
    expect(parseInstant(shown, '--window')).toBe(instant);
});

test.each(['yesterday', '2026-11-22T18:30', '2026-02-30', '20261122T183000Z'])('%s is no instant', text => {
  expect(() => parseInstant(text, '--since')).toThrow(/^--since: expected an instant/);
});
