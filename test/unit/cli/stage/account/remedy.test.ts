import { expect, test } from 'vitest';
import { remedyFor } from '../../../../../cli/stage/account/remedy.ts';
import { answerFailure, connectionFailure } from '../../../../../lambdas/buckets/azure-failure.ts';
import { BrokenRequest } from '../../../../../lambdas/buckets/exchange.ts';
import { toGcsFailure } from '../../../../../lambdas/buckets/gcs-failure.ts';
import { GcsTrouble } from '../../../../../lambdas/buckets/gcs-trouble.ts';
import { toS3Failure } from '../../../../../lambdas/buckets/s3-failure.ts';
import { type Destination, parseAccount } from '../../../../../lambdas/domain/account.ts';
import type { FailureCode } from '../../../../../lambdas/domain/failure.ts';
import type { Credential } from '../../../../../lambdas/domain/secret.ts';

const s3 = { type: 's3', bucket: 'acme-audit', region: 'eu-central-1' } as const;
const gcs = { type: 'gcs', bucket: 'acme-audit' } as const;
const azure = { type: 'azure', storageAccount: 'acmeaudit', container: 'logs' } as const;
const bySas: Credential = {
  type: 'azure',
  accountName: 'acmeaudit',
  cloud: 'public',
  host: 'h',
  access: { sas: 'sr=c&sig=x' },
};
const byKey: Credential = { ...bySas, access: { accountKey: 'k' } };
const serviceAccount: Credential = {
  type: 'gcs',
  clientEmail: 'siem@acme.iam.gserviceaccount.com',
  privateKey: '',
};

function remedy(
  failure: { code: FailureCode; message: string },
  destination: Destination,
  credential?: Credential,
) {
  const account = parseAccount({
    accountId: 'acme',
    timeZone: 'UTC',
    status: 'active',
    destination,
    secretId: 'x',
  });
  return remedyFor(failure, account, { command: 'siem-export', credential, egressAddresses: '198.51.100.1' });
}

const saidByS3 = (
  status: number,
  name: string,
  message: string,
  destination: Destination & { type: 's3' } = s3,
) =>
  toS3Failure(
    Object.assign(new Error(message), { name, $fault: 'client', $metadata: { httpStatusCode: status } }),
    destination,
  );
const saidByAzure = (status: number, code: string, explanation: string, sas: boolean) =>
  answerFailure(
    { status, code, explanation, requestId: undefined },
    { accountName: 'acmeaudit', container: 'logs', sas, azureHost: true },
  );
const saidByGoogle = (
  status: number,
  reason: string,
  explanation: string,
  stage: 'storage' | 'token' = 'storage',
) => toGcsFailure(new GcsTrouble({ stage, creates: true }, { status, reason, explanation }), 'acme-audit');

const user = 'User: arn:aws:iam::111122223333:user/siem is not authorized to perform:';

test.each<[string, number, string, string, RegExp]>([
  [
    'a bare denial: the grant first, then what else denies',
    403,
    'AccessDenied',
    'Access Denied',
    /grants \{.*s3:PutObject[\s\S]*or, if that is granted: a bucket policy denies it/,
  ],
  [
    'the right to write',
    403,
    'AccessDenied',
    `${user} s3:PutObject on resource: "x" because no identity-based policy allows the s3:PutObject action`,
    /grants \{.*s3:PutObject/,
  ],
  [
    'the key',
    403,
    'AccessDenied',
    `${user} kms:GenerateDataKey on resource: arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab because no identity-based policy allows the kms:GenerateDataKey action`,
    /kms:Decrypt[\s\S]*"Resource":"arn:aws:kms:eu-central-1:111122223333:key\/1234abcd-12ab"/,
  ],
  [
    'an explicit deny',
    403,
    'AccessDenied',
    `${user} s3:PutObject on resource: "x" with an explicit deny in a service control policy`,
    /the service control policy that denies it must make an exception$/,
  ],
  [
    'a boundary',
    403,
    'AccessDenied',
    `${user} s3:PutObject on resource: "x" because no permissions boundary allows the s3:PutObject action`,
    /the permissions boundary must allow it, too$/,
  ],
  [
    'an account that is closed',
    403,
    'AllAccessDisabled',
    'All access to this object has been disabled',
    /no permission is missing/,
  ],
  [
    'a secret key that is another’s',
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match',
    /does not belong to its id[\s\S]*--secret-file/,
  ],
  [
    'a temporary key',
    400,
    'ExpiredToken',
    'The provided token has expired.',
    /was temporary and has expired[\s\S]*--secret-file/,
  ],
  [
    'a key that is gone',
    403,
    'InvalidAccessKeyId',
    'The AWS Access Key Id you provided does not exist',
    /create-access-key/,
  ],
  [
    'a key of KMS that is off',
    400,
    'KMS.DisabledException',
    'x is disabled',
    /aws kms describe-key --region eu-central-1/,
  ],
])('S3 names %s, and the remedy fits', (_, status, name, message, expected) => {
  expect(remedy(saidByS3(status, name, message), s3)).toMatch(expected);
});

test('a bare denial of an expected owner or a key lists these as well', () => {
  const owned = { ...s3, expectedBucketOwner: '111122223333', kmsKeyId: 'alias/audit' };
  const lines = remedy(saidByS3(403, 'AccessDenied', 'Access Denied', owned), owned).split('\n');
  expect(lines).toEqual([
    expect.stringContaining('"s3:PutObject"'),
    expect.stringContaining("the key's own policy"),
    expect.stringContaining('--expected-bucket-owner'),
  ]);
});

test('a region without a host is corrected in the record', () => {
  const failure = toS3Failure(Object.assign(new Error('x'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' }), {
    ...s3,
    region: 'eu-west-4',
  });
  expect(failure).toMatchObject({ code: 'wrong_region', message: expect.stringContaining('no such region') });
  expect(remedy(failure, s3)).toBe(
    "siem-export account update acme --bucket-region '<region of the bucket>'".replaceAll("'", ''),
  );
});

test.each<[string, number, string, string, RegExp]>([
  [
    'the permission',
    403,
    'forbidden',
    'x does not have storage.objects.create access to the Google Cloud Storage object.',
    /add-iam-policy-binding gs:\/\/acme-audit --member=serviceAccount:siem@acme[\s\S]*or, if that is granted/,
  ],
  [
    'the key',
    403,
    'forbidden',
    "Permission denied on Cloud KMS key 'projects/p/locations/eu/keyRings/r/cryptoKeys/k'",
    /--authorize-cmek=projects\/p\/locations\/eu\/keyRings\/r\/cryptoKeys\/k/,
  ],
  [
    'VPC Service Controls',
    403,
    'vpcServiceControls',
    "Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: VQQnKfXtZ16NHnOmdJAy0E92tVT_8fZZRGvnndBWXZLKFx_KItn1EA",
    /ingress rule for siem@acme.*VQQnKfXtZ16NHnOmdJAy0E92tVT_8fZZRGvnndBWXZLKFx_KItn1EA$/,
  ],
  [
    'an organisation policy',
    412,
    'conditionNotMet',
    'Request violates constraint constraints/gcp.restrictNonCmekServices',
    /exception from constraints\/gcp.restrictNonCmekServices/,
  ],
  [
    'billing',
    403,
    'accountDisabled',
    'The billing account for the owning project is disabled in state absent',
    /gcloud billing projects link/,
  ],
  [
    'Requester Pays',
    400,
    'required',
    'Bucket is a requester pays bucket but no user project provided.',
    /--no-requester-pays/,
  ],
])('Google names %s, and the remedy fits', (_, status, reason, words, expected) => {
  expect(remedy(saidByGoogle(status, reason, words), gcs, serviceAccount)).toMatch(expected);
});

test.each([
  ['Invalid JWT Signature.', /keys create/],
  ['Invalid grant: account not found', /service-accounts enable siem@acme[\s\S]*or, if it was deleted/],
])('Google refuses the key: %s', (words, expected) => {
  expect(remedy(saidByGoogle(400, 'invalid_grant', words, 'token'), gcs, serviceAccount)).toMatch(expected);
});

test.each<[string, string, Credential, RegExp]>([
  [
    'AuthorizationFailure',
    'This request is not authorized to perform this operation.',
    byKey,
    /network-rule add --account-name acmeaudit --ip-address 198.51.100.1(?![\s\S]*generate-sas)/,
  ],
  [
    'AuthorizationFailure',
    'This request is not authorized to perform this operation.',
    bySas,
    /network-rule add[\s\S]*or, if they allow the exporter: az storage container generate-sas/,
  ],
  ['AccountIsDisabled', 'The specified account is disabled.', bySas, /az storage account show.*subscription/],
  [
    'KeyBasedAuthenticationNotPermitted',
    'Key based authentication is not permitted on this storage account.',
    byKey,
    /--allow-shared-key-access true[\s\S]*--as-user/,
  ],
  [
    'AuthorizationSourceIPMismatch',
    'x',
    bySas,
    /generate-sas.*without --ip, or with one that has 198.51.100.1/,
  ],
  ['AuthorizationPermissionMismatch', 'x', bySas, /generate-sas.*--permissions cw[\s\S]*--secret-file/],
  ['AuthorizationServiceMismatch', 'x', bySas, /generate-sas/],
  ['InsufficientAccountPermissions', 'x', byKey, /read-only/],
  [
    'AuthenticationFailed',
    'Signature not valid in the specified time frame',
    bySas,
    /generate-sas[\s\S]*--secret-file/,
  ],
  [
    'AuthenticationFailed',
    'The MAC signature found in the HTTP request is not the same',
    byKey,
    /storage account keys list[\s\S]*--secret-file/,
  ],
])('Azure says %s: %s', (code, words, credential, expected) => {
  expect(remedy(saidByAzure(403, code, words, credential === bySas), azure, credential)).toMatch(expected);
});

test('a storage account that does not exist is not a container to be created', () => {
  const failure = connectionFailure(new BrokenRequest('ENOTFOUND', false), {
    accountName: 'acmeaudit',
    container: 'logs',
    sas: true,
    azureHost: true,
  });
  expect(remedy(failure, azure, bySas)).toMatch(
    /az storage account show --name acmeaudit[\s\S]*--storage-account <name>/,
  );
});

test('a header that a sovereign cloud does not know is nothing of the customer’s', () => {
  const failure = saidByAzure(
    400,
    'InvalidHeaderValue',
    'The value for one of the HTTP headers is not in the correct format.',
    true,
  );
  expect(remedy(failure, azure, bySas)).not.toContain('customer:');
});
