import { DateTime } from 'luxon';
import { expect, test } from 'vitest';
import { timeZoneHint, timeZoneWarnings } from '../../../../../cli/stage/account/time-zone-hint.ts';
import { timeZoneNames } from '../../../../../lambdas/domain/time-zone-names.ts';

const offsetsOf = (zone: string) => [1, 7].map(month => DateTime.utc(2026, month, 1).setZone(zone).offset);
const zonesIn = (text: string) =>
  timeZoneNames.filter(name => new RegExp(`(^|[ ,])${name.replace('+', '\\+')}($|[ ,?])`).test(text));

test.each([
  ['GMT+5', 300],
  ['GMT-8', -480],
  ['GMT5', 300],
  ['UTC-8', -480],
  ['UTC+0530', 330],
  ['UTC+5:30', 330],
  ['+05:30', 330],
  ['-03', -180],
  ['\u22125', -300],
  ['gmt + 1', 60],
  ['UTC+05:45', 345],
  ['Etc/GMT+15', 900],
  ['Etc/GMT+05', 300],
])('for %s no zone of another offset is proposed', (given, offset) => {
  const hint = timeZoneHint(given) ?? '';
  expect(hint).toContain('an offset is not a time zone');
  expect(hint).not.toContain('Etc/');
  for (const zone of zonesIn(hint)) expect(offsetsOf(zone)).toContain(offset);
  if (Math.abs(offset) <= 600) expect(zonesIn(hint)).not.toEqual([]);
});

test.each([
  ['IST', ['Asia/Jerusalem', 'Asia/Kolkata', 'Europe/Dublin']],
  ['PST', ['America/Los_Angeles', 'Asia/Manila']],
  ['EDT', ['America/New_York', 'America/Toronto']],
  ['CST', ['America/Chicago', 'America/Havana', 'Asia/Shanghai']],
  ['bst', ['Asia/Dhaka', 'Europe/London']],
])('%s may be each of %o', (given, zones) => {
  expect(zonesIn(timeZoneHint(given) ?? '').sort()).toEqual(zones);
});

test('a name of Windows is no name of IANA, and a misspelled one is proposed', () => {
  expect(timeZoneHint('W. Europe Standard Time')).toContain('Windows');
  expect(timeZoneHint('Europe/Berlim')).toBe('did you mean Europe/Berlin?');
  expect(timeZoneHint('Nowhere')).toBeUndefined();
});

test('a zone with an inverted sign causes a warning, with suggestions of the right offset only', () => {
  const [warning = ''] = timeZoneWarnings('Etc/GMT+8');
  expect(warning).toContain('Etc/GMT+8 is UTC-8');
  for (const zone of zonesIn(warning).filter(each => !each.startsWith('Etc/')))
    expect(offsetsOf(zone)).toContain(-480);
  expect(timeZoneWarnings('Etc/GMT-5')[0]).toContain('is UTC+5');
  expect(timeZoneWarnings('EST')[0]).toContain('never has daylight saving');
  for (const zone of ['Europe/Berlin', 'UTC', 'GMT', 'Etc/GMT', 'Etc/GMT+0', 'CET'])
    expect(timeZoneWarnings(zone)).toEqual([]);
});
