import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { customerGrant } from '../../../../../cli/stage/account/customer-grant.ts';
import type { AzureDestination, S3Destination } from '../../../../../lambdas/domain/account.ts';
import { accountFaults } from '../../../../../lambdas/domain/account.ts';
import { parseAzureSecret } from '../../../../../lambdas/domain/azure-secret.ts';

/** A policy that IAM accepts: resources are ARNs of one partition, and conditions are maps of maps. */
const iamPolicy = z.strictObject({
  Version: z.literal('2012-10-17'),
  Statement: z.array(
    z.strictObject({
      Effect: z.literal('Allow'),
      Action: z.array(z.string().regex(/^(s3|kms):[A-Z]\w+$/)).min(1),
      Resource: z
        .string()
        .regex(/^arn:aws(-[a-z]+)*:(s3:::[a-z0-9.-]+\/\S+|kms:[a-z0-9-]+:(\d{12}|\*):key\/[\w*-]+)$/),
      Condition: z.record(z.string(), z.record(z.string(), z.string())).optional(),
    }),
  ),
});

const exporterRoleArn = 'arn:aws:iam::999988887777:role/siem-export';

/** The grant for a customer of S3, with its policy parsed. */
function grantOf(change: Partial<S3Destination>) {
  const destination = {
    type: 's3',
    bucket: 'acme-audit',
    region: 'eu-central-1',
    ...change,
  } as S3Destination;
  const lines = customerGrant(destination, { exporterRoleArn }).split('\n');
  const [permissions = ''] = lines.flatMap(line => /^permissions: (.*)$/.exec(line)?.[1] ?? []);
  return { permissions, notes: lines.filter(line => line.startsWith('note: ')) };
}

const policyOf = (change: Partial<S3Destination>) => iamPolicy.parse(JSON.parse(grantOf(change).permissions));
const keyOf = (change: Partial<S3Destination>) => policyOf(change).Statement[1];
const roleArn = 'arn:aws:iam::111122223333:role/siem';
const externalId = 'acme-7f3c';
const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab';

describe('the trust policy', () => {
  const trustOf = (options: { exporterRoleArn?: string }) => {
    const destination = {
      type: 's3',
      bucket: 'acme-audit',
      region: 'eu-central-1',
      roleArn,
      externalId,
    } as const;
    const [trust = ''] = customerGrant(destination, options).split('\n');
    return JSON.parse(trust.replace('trust policy: ', '')).Statement[0];
  };

  test('holds for a role that is made anew by the same name, and for no other role of the account', () => {
    expect(trustOf({ exporterRoleArn })).toEqual({
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::999988887777:root' },
      Action: 'sts:AssumeRole',
      Condition: {
        StringEquals: { 'sts:ExternalId': externalId },
        ArnEquals: { 'aws:PrincipalArn': exporterRoleArn },
      },
    });
  });

  test('is of the exporter’s own partition', () => {
    const ours = 'arn:aws-cn:iam::999988887777:role/path/siem-export';
    expect(trustOf({ exporterRoleArn: ours }).Principal).toEqual({
      AWS: 'arn:aws-cn:iam::999988887777:root',
    });
  });

  test('says what to put where the stack does not tell its role', () => {
    expect(JSON.stringify(trustOf({}))).toContain('<vendor account>');
  });
});

describe('the policy for a bucket of S3', () => {
  test.each([
    ['eu-central-1', 'aws'],
    ['us-east-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['eusc-de-east-1', 'aws-eusc'],
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['eu-isoe-west-1', 'aws-iso-e'],
    ['us-isof-south-1', 'aws-iso-f'],
  ])('in %s names the partition %s', (region, partition) => {
    const [write, use] = policyOf({ region, kmsKeyId: keyId }).Statement;
    expect(write?.Resource).toBe(`arn:${partition}:s3:::acme-audit/audit/*`);
    expect(use?.Resource).toBe(`arn:${partition}:kms:${region}:*:key/${keyId}`);
  });

  test('names keys by their ARN', () => {
    const arn = `arn:aws:kms:eu-central-1:444455556666:key/${keyId}`;
    expect(keyOf({ kmsKeyId: arn })?.Resource).toBe(arn);
    expect(keyOf({ kmsKeyId: keyId, roleArn, externalId })?.Resource).toBe(
      `arn:aws:kms:eu-central-1:111122223333:key/${keyId}`,
    );
    expect(keyOf({ kmsKeyId: 'mrk-1234abcd' })?.Resource).toBe('arn:aws:kms:eu-central-1:*:key/mrk-1234abcd');
  });

  test('names an alias in a condition, as the alias is no key', () => {
    const Condition = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/audit' } };
    expect(keyOf({ kmsKeyId: 'alias/audit' })).toMatchObject({
      Resource: 'arn:aws:kms:eu-central-1:*:key/*',
      Condition,
    });
    expect(keyOf({ kmsKeyId: 'arn:aws:kms:eu-central-1:444455556666:alias/audit' })).toMatchObject({
      Resource: 'arn:aws:kms:eu-central-1:444455556666:key/*',
      Condition,
    });
    expect(keyOf({ kmsKeyId: 'alias/aws/s3' })).toBeUndefined();
  });

  test('lets nothing in a prefix stand for anything else', () => {
    const [write] = policyOf({ prefix: 'logs*/$a?' }).Statement;
    expect(write?.Resource).toBe(`arn:aws:s3:::acme-audit/logs\${*}/\${$}a\${?}/audit/*`);
  });
});

test('an access point’s alias is no name for a policy, and it is said what to put there', () => {
  const { permissions, notes } = grantOf({
    bucket: 'acme-x8f3k2-s3alias',
    expectedBucketOwner: '111122223333',
  });
  expect(permissions).toContain(
    '"arn:aws:s3:eu-central-1:111122223333:accesspoint/<name of the access point>/object/audit/*"',
  );
  expect(permissions).not.toContain('s3alias');
  expect(notes).toEqual([
    expect.stringContaining('replace <name of the access point> with its name. The bucket policy'),
  ]);
});

test.each([
  [{}, []],
  [{ kmsKeyId: `arn:aws:kms:eu-central-1:111122223333:key/${keyId}`, roleArn, externalId }, []],
  [
    { kmsKeyId: `arn:aws:kms:eu-central-1:444455556666:key/${keyId}`, roleArn, externalId },
    [`the key policy has to allow the same to ${roleArn}`],
  ],
  [{ kmsKeyId: keyId }, ['name a key in another AWS account by its ARN']],
  [
    { region: 'cn-north-1', roleArn: roleArn.replace('aws', 'aws-cn'), externalId },
    ['a role of aws cannot assume a role of aws-cn'],
  ],
])('beside the policies of %j it is said what else is to be known', (change, told) => {
  expect(grantOf(change).notes).toEqual(told.map(each => expect.stringContaining(each)));
});

test.each([
  [
    { region: 'cn-north-1', roleArn, externalId },
    'destination.roleArn: expected a role of the partition aws-cn, as cn-north-1 is in it, got one of aws',
  ],
  [
    { region: 'eusc-de-east-1', roleArn, externalId },
    'destination.roleArn: expected a role of the partition aws-eusc',
  ],
  [
    { kmsKeyId: `arn:aws:kms:us-east-1:111122223333:key/${keyId}` },
    'destination.kmsKeyId: expected a key in eu-central-1',
  ],
  [
    { kmsKeyId: `arn:aws-cn:kms:eu-central-1:111122223333:key/${keyId}` },
    'destination.kmsKeyId: expected a key in eu-central-1',
  ],
])('a record with %j can never work', (change, fault) => {
  const destination = { type: 's3', bucket: 'acme-audit', region: 'eu-central-1', ...change };
  const record = { accountId: 'acme', timeZone: 'UTC', status: 'active', destination, secretId: 'x' };
  expect(accountFaults(record)).toEqual([expect.stringContaining(fault)]);
});

describe('a SAS is asked for of the kind that the customer has', () => {
  const destination: AzureDestination = { type: 'azure', storageAccount: 'acmeaudit', container: 'logs' };
  const command = (fields: string, cloud?: AzureDestination['cloud']) =>
    customerGrant(
      { ...destination, ...(cloud && { cloud }) },
      { credential: parseAzureSecret(`https://acmeaudit.blob.core.windows.net/?${fields}&sig=x`) },
    );
  test.each([
    [
      'sv=2025-01-05&sr=c&sp=cw',
      /^az storage container generate-sas --account-name acmeaudit --name logs --permissions cw --https-only --expiry <date>$/,
    ],
    [
      'sv=2025-01-05&ss=b&srt=o&sp=cw',
      /^az storage account generate-sas .* --services b --resource-types o --permissions cw/,
    ],
    ['sv=2025-01-05&sr=c&skoid=x&ske=2026-12-01', /--as-user --auth-mode login .*7 days/],
    ['sv=2025-01-05&sr=c&si=export', /^az storage container policy update .* --name export/],
  ])('%s', (fields, expected) => {
    expect(command(fields)).toMatch(expected);
    expect(command(fields, 'china')).toMatch(/^az cloud set --name AzureChinaCloud && az storage /);
  });
});
