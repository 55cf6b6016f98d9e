import { describe, expect, test } from 'vitest';
import { accountSteps } from '../../../../../cli/commands/verify/account-steps.ts';
import { remedyFor } from '../../../../../cli/stage/account/remedy.ts';
import { standingOf } from '../../../../../cli/stage/account/standing.ts';
import { writingSteps } from '../../../../../cli/stage/bucket/steps.ts';
import { type Account, parseAccount } from '../../../../../lambdas/domain/account.ts';
import type { Cursor } from '../../../../../lambdas/domain/cursor.ts';
import { type FailureCode, failureCodes } from '../../../../../lambdas/domain/failure.ts';
import { parseObjectKey } from '../../../../../lambdas/domain/object-key.ts';
import { testObjectKey } from '../../../../../lambdas/domain/test-object.ts';

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
  azure: account({ type: 'azure', storageAccount: 'acmeaudit', container: 'acme-audit' }),
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

test.each([
  'S3 denies writing to the S3 bucket acme-audit (AccessDenied: x); a grant does not help: the service control policy that denies it must make an exception',
  "S3 denies writing to the S3 bucket acme-audit (AccessDenied: x); grant kms:GenerateDataKey and kms:Decrypt, in the key's own policy as well",
])('the remedy for a denial is the one for the cause that S3 named: %s', message => {
  const remedy = remedyFor({ code: 'access_denied', message }, accounts.s3, options);
  expect(remedy).toContain(`The customer: ${message.split('); ')[1]}`);
  expect(remedy.includes('"kms:GenerateDataKey"')).toBe(message.includes('kms:'));
});

test('the remedy for a denial without a cause is the policy', () => {
  const message =
    'S3 denies writing to the S3 bucket acme-audit (AccessDenied: Access Denied); grant s3:PutObject on x; S3 answers the same if y';
  expect(remedyFor({ code: 'access_denied', message }, accounts.s3, options)).toContain('"s3:PutObject"');
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

test('the object that verify writes is no export for any reader, and one for a destination and a credential', () => {
  const key = (which: Account, secretAccessKey?: string) =>
    testObjectKey(
      which,
      secretAccessKey === undefined ? undefined : { type: 's3', accessKeyId: 'AKIA', secretAccessKey },
    );
  expect(key(accounts.gcs)).toMatch(/^siem\/audit\/YWNtZQ\/_verify_[0-9a-f]{16}\.txt$/);
  expect(parseObjectKey(key(accounts.gcs))).toBeUndefined();
  expect(key(accounts.s3, 'one')).toBe(key(accounts.s3, 'one'));
  const keys = [
    key(accounts.s3, 'one'),
    key(accounts.s3, 'another'),
    key(accounts.role),
    key(accounts.azure),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});

describe('an account whose bucket is in order', () => {
  const hour = 3_600_000;
  const record = {
    accountId: 'acme',
    timeZone: 'UTC',
    status: 'active',
    destination: { type: 'gcs', bucket: 'acme-audit' },
    secretId: 'x',
  };
  const failedWith = (code: FailureCode) => ({
    exportedThrough: now - 4 * hour,
    version: 1,
    lastWrite: 'created',
    attempts: [],
    failures: 1,
    lastError: { code, message: 'somebody else wrote it', at: now },
  });
  const steps = (changes: object, cursor?: Cursor) =>
    accountSteps({
      standing: standingOf({ ...record, ...changes }, cursor, now, 0),
      ...options,
    }).map(({ name, outcome }) => `${outcome}: ${name}`);

  test('has nothing more to be told', () => {
    expect(steps({})).toEqual([]);
    // The probe has tried again what the bucket refused then.
    for (const code of ['credentials_rejected', 'bucket_missing', 'network'] as const)
      expect(steps({}, failedWith(code))).toEqual([]);
  });

  test('is not all right if the last export failed in a way that a small new object cannot show', () => {
    for (const code of ['object_exists', 'out_of_time', 'internal'] as const)
      expect(steps({}, failedWith(code))).toEqual(['wrong: the last export succeeded']);
    expect(steps({}, failedWith('destination_rejected'))).toEqual(['warning: the last export succeeded']);
  });

  test('may be one that gets nothing on purpose', () => {
    expect(steps({ status: 'paused', addOnExpiresAt: '2026-11-01T00:00:00Z' })).toEqual([
      'warning: the account is active',
      'warning: its add-on covers the next window',
    ]);
    expect(steps({ addOnExpiresAt: '2027-11-01T00:00:00Z' })).toEqual([]);
  });
});
