import { expect, test } from 'vitest';
import { remedyFor } from '../../../cli/account/remedy.ts';
import { shellWord } from '../../../cli/shell-word.ts';
import { probeKey } from '../../../cli/verify/probe.ts';
import { readSas } from '../../../cli/verify/shared-access-signature.ts';
import { writingSteps } from '../../../cli/verify/steps.ts';
import { parseAccount } from '../../../lambdas/domain/account.ts';
import { type FailureCode, failureCodes } from '../../../lambdas/domain/failure.ts';
import { parseObjectKey } from '../../../lambdas/domain/object-key.ts';

const options = { command: 'npx siem-export --stage prod' };
const now = Date.parse('2026-11-22T00:00:00Z');
const accounts = {
  s3: account({
    type: 's3',
    bucket: 'acme-audit',
    region: 'eu-central-1',
    expectedBucketOwner: '111122223333',
  }),
  role: account({
    type: 's3',
    bucket: 'acme-audit',
    region: 'eu-central-1',
    roleArn: 'arn:aws:iam::111122223333:role/siem',
    externalId: 'acme-7f3c',
  }),
  gcs: account({ type: 'gcs', bucket: 'acme-audit', prefix: 'siem' }),
  azure: account({ type: 'azure', container: 'acme-audit' }),
};

function account(destination: object) {
  return parseAccount({ accountId: 'acme', timeZone: 'UTC', status: 'active', destination, secretId: 'x' });
}

test.each(Object.keys(failureCodes) as FailureCode[])('%s has a remedy on every cloud', code => {
  for (const each of Object.values(accounts))
    expect(remedyFor({ code, message: '' }, each, options).length).toBeGreaterThan(20);
});

test('the remedy for a wrong region names the region that S3 told', () => {
  const message =
    'S3 says that the S3 bucket acme-audit is in us-gov-west-1, not in eu-central-1; put it right';
  expect(remedyFor({ code: 'wrong_region', message }, accounts.s3, options)).toBe(
    'npx siem-export --stage prod account update acme --bucket-region us-gov-west-1',
  );
});

test('an id in a command is quoted for the shell', () => {
  expect(shellWord('acme-1')).toBe('acme-1');
  expect(shellWord(`o'neil; rm`)).toBe(`'o'\\''neil; rm'`);
});

test('a failure says which step is wrong, what is known to be right, and nothing of the others', () => {
  const failure = { code: 'wrong_region', message: 'elsewhere', remedy: 'move' } as const;
  expect(writingSteps(accounts.s3, failure).map(({ outcome }) => outcome)).toEqual([
    'right',
    'unknown',
    'right',
    'wrong',
    'unknown',
    'unknown',
    'unknown',
  ]);
  expect(writingSteps(accounts.gcs, undefined).map(({ outcome }) => outcome)).toEqual(Array(5).fill('right'));
});

test('a checksum that the cloud does not accept is a step of its own', () => {
  const message = 'The connection to the S3 bucket acme-audit in eu-central-1 failed (BadDigest)';
  const steps = writingSteps(accounts.role, { code: 'network', message, remedy: 'none' });
  expect(steps.map(({ name, outcome }) => `${outcome}: ${name}`).slice(-2)).toEqual([
    'right: an object may be created under audit/YWNtZQ/',
    'wrong: its checksum is accepted',
  ]);
});

test('the object that verify writes is no export for any reader', () => {
  const key = probeKey(accounts.gcs, now);
  expect(key).toBe('siem/audit/YWNtZQ/_verify_20261122T000000Z.txt');
  expect(parseObjectKey(key)).toBeUndefined();
});

test.each([
  ['se=2027-12-01T00%3A00%3A00Z&sp=cw&sig=x', ['right', 'right']],
  ['se=2026-12-01&sp=cw&sig=x', ['warning', 'right']],
  ['se=2026-11-21T23%3A59%3A59Z&sp=racwdl&sig=x', ['wrong', 'warning']],
  ['se=2027-12-01&sp=c&sig=x', ['right', 'warning']],
  ['se=2027-12-01&sp=w&sig=x', ['right', 'wrong']],
  ['si=policy&sig=x', ['warning', 'warning']],
])('the SAS %s is judged %o', (sas, outcomes) => {
  expect(readSas(sas, now).map(({ outcome }) => outcome)).toEqual(outcomes);
});
