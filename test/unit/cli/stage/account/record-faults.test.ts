import { expect, test } from 'vitest';
import { recordFaults } from '../../../../../cli/stage/account/record-faults.ts';
import { nearestTimeZone } from '../../../../../cli/stage/account/time-zone-hint.ts';

test.each([
  ['Asia/Kolkatta', 'Asia/Kolkata'],
  ['Kolkata', 'Asia/Kolkata'],
  ['europe/berlim', 'Europe/Berlin'],
  ['America/New York', 'America/New_York'],
  ['Buenos_Aires', 'America/Argentina/Buenos_Aires'],
  ['Mars/Olympus', undefined],
  ['Nowhere', undefined],
  ['', undefined],
])('whoever writes the time zone %j means %s', (given, meant) => {
  expect(nearestTimeZone(given)).toBe(meant);
});

test('the fault of a time zone names the one that is meant, and no fault else does', () => {
  const destination = { type: 'gcs', bucket: 'A' };
  expect(
    recordFaults({ accountId: 'acme', timeZone: 'Berlin', status: 'active', destination, secretId: 'x' }),
  ).toEqual([
    expect.stringMatching(/^timeZone: .*; did you mean Europe\/Berlin\?$/),
    expect.stringMatching(/^destination\.bucket: .*, got other text$/),
  ]);
  expect(recordFaults({ accountId: 'acme', status: 'active', destination, secretId: 'x' })[0]).toMatch(
    /^timeZone: .*, got nothing$/,
  );
});
