import { expect, test } from 'vitest';
import { cloudWords } from '../../../lambdas/buckets/cloud-words.ts';

test.each([
  'https://acme.blob.core.windows.net/c?sv=2025-01-05&sig=aB3%2FdE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY%2BZcdEfGhI%3D&se=2027',
  "The MAC signature found in the HTTP request 'aB3/dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY+ZcdEfGhI=' is not the same",
  'Authorization: AWS4-HMAC-SHA256 Credential=x, Signature=c0ffee00c0ffee00c0ffee00c0ffee00',
  'refused: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'x-amz-security-token:IQoJb3JpZ2luX2VjEJr',
  'Bearer ya29.a0AfH6SMBx-short',
  'the assertion eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.c2lnbmF0dXJl was refused',
  'AccountKey=Zm9vYmFyZm9vYmFy;EndpointSuffix=core.windows.net',
  '{"secretAccessKey":"aB3dE5fG7hJ9kL1mN2pQ4rS6"}',
])('leaves the secret out of %s', text => {
  const secrets = [
    'aB3%2FdE5f',
    'aB3/dE5f',
    'c0ffee00',
    '9f86d081',
    'IQoJb3Jp',
    'ya29.a0A',
    'eyJhbGci',
    'c2lnbmF0',
    'Zm9vYmFy',
    'aB3dE5fG',
  ];
  const words = cloudWords('Refused', text);
  expect(words).toMatch(/^Refused: .*…/);
  for (const secret of secrets) expect(words).not.toContain(secret);
});

test.each([
  'User: arn:aws:sts::111122223333:assumed-role/siem-export-prod-ExporterRole-1A2B3C4D5E/acme is not authorized',
  'kms:GenerateDataKey on arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  'Permission denied on projects/acme-audit1/locations/europe-west3/keyRings/audit/cryptoKeys/audit-key',
  'Request violates constraint constraints/gcp.restrictNonCmekServices',
])('keeps what names a resource: %s', text => expect(cloudWords('AccessDenied', text)).toContain(text));

test('keeps the identifier by which an administrator finds a denial, however long the words are', () => {
  const id = 'VQQnKfXtZ16NHnOmdJAy0E92tVT_8fZZRGvnndBWXZLKFx_KItn1EA';
  const prohibited = `Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: ${id}`;
  expect(cloudWords('403 vpcServiceControls', prohibited)).toBe(`403 vpcServiceControls: ${prohibited}`);
  for (const words of [`${'word '.repeat(90)}${prohibited}`, `${prohibited} ${'word '.repeat(90)}`]) {
    const kept = cloudWords('403', words);
    expect(kept).toHaveLength(300);
    expect(kept).toContain(`vpcServiceControlsUniqueIdentifier: ${id}`);
  }
  expect(cloudWords('403', `vpcServiceControls: ${id}`)).not.toContain(id);
});

test('is one line of at most 300 characters', () => {
  expect(cloudWords('Code', ' two\r\n  lines\u0000 ')).toBe('Code: two lines');
  expect(cloudWords('Code', 'word '.repeat(100))).toHaveLength(300);
  expect(cloudWords(undefined, 'only this')).toBe('only this');
  expect(cloudWords('Same', 'Same')).toBe('Same');
  expect(cloudWords(undefined, undefined)).toBe('');
});
