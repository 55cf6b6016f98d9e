import { expect, test } from 'vitest';
import { importAttributes, unknownAttributes } from '../../../../../cli/stage/account/unknown-attributes.ts';
import { destinationAttributes } from '../../../../../lambdas/domain/account.ts';

const record = {
  accountId: 'acme',
  timeZone: 'UTC',
  status: 'active',
  destination: { type: 's3', bucket: 'acme-audit', region: 'eu-central-1', prefix: 'siem' },
  secretId: 'siem-export/prod/acme',
  exportFrom: '2026-11-22T00:00:00Z',
  addOnExpiresAt: '2027-11-22T00:00:00Z',
  format: 'ndjson',
  compression: 'zip',
};

test('a record of known attributes gives no warning, and neither does what is no record', () => {
  for (const each of [record, undefined, null, 'text', { ...record, destination: 'text' }])
    expect(unknownAttributes(each)).toEqual([]);
});

test.each([
  [{ adOnExpiresAt: 'x' }, '`adOnExpiresAt` is unknown and ignored; did you mean `addOnExpiresAt`?'],
  [{ EXPORTFROM: 'x' }, '`EXPORTFROM` is unknown and ignored; did you mean `exportFrom`?'],
  [{ region: 'x' }, '`region` is unknown and ignored; did you mean `destination.region`?'],
  [{ plan: 'gold' }, '`plan` is unknown and ignored'],
  [{ 'wJalrXUtnFEMI/K7MDENG': 'x' }, 'an attribute whose name is not a plain word is unknown and ignored'],
  [
    { destination: { ...record.destination, regoin: 'x' } },
    '`destination.regoin` is unknown and refused; did you mean `destination.region`?',
  ],
  [
    { destination: { type: 'ftp', contaner: 'x' } },
    '`destination.contaner` is unknown and refused; did you mean `destination.container`?',
  ],
])('%o is told of, with the nearest name', (change, warning) => {
  expect(unknownAttributes({ ...record, ...change })).toEqual([warning]);
});

test('a line of an import file may bring a credential, and says so where that is misspelled', () => {
  expect(unknownAttributes({ ...record, secretFile: 'x', secret: {} }, importAttributes)).toEqual([]);
  expect(unknownAttributes({ ...record, secretfile: 'x' }, importAttributes)).toEqual([
    '`secretfile` is unknown and ignored; did you mean `secretFile`?',
  ]);
});

test('a destination knows the attributes of its own cloud', () => {
  expect(destinationAttributes('gcs')).toEqual(['type', 'bucket', 'prefix']);
  expect(destinationAttributes('azure')).toEqual(['type', 'storageAccount', 'container', 'prefix', 'cloud']);
  expect(destinationAttributes('ftp')).toEqual(expect.arrayContaining(['bucket', 'container', 'region']));
});
