import { expect, test } from 'vitest';
import { timeZoneCheck } from '../../../../../cli/commands/doctor/time-zones.ts';
import { timeZoneDataName, timeZoneDataNumber } from '../../../../../lambdas/domain/time-zone.ts';
import { timeZoneDataOfList } from '../../../../../lambdas/domain/time-zone-names.ts';

test('data as new as the release’s list is ok, and its version is reported', () => {
  for (const version of [timeZoneDataOfList, '2099a'])
    expect(timeZoneCheck('the functions', version)).toMatchObject({
      outcome: 'ok',
      detail: expect.stringContaining(version),
    });
});

test.each(['2026c', '2025z', ''])('older data (%j) causes a warning with both versions', version => {
  expect(timeZoneCheck('the functions', version)).toMatchObject({
    outcome: 'warning',
    detail: expect.stringContaining(`${version}, older than ${timeZoneDataOfList}`),
  });
});

test('a version comes back from its number', () => {
  for (const version of ['2026c', '2025a', '2030z'])
    expect(timeZoneDataName(timeZoneDataNumber(version))).toBe(version);
});
