import * as z from 'zod';
import { readArn, regionPattern } from './aws-region.ts';
import { azureCloud, isStorageAccountName } from './azure-cloud.ts';

export const cloud = z.enum(['s3', 'gcs', 'azure']);

/** Text without characters that would be unsafe in an object key or would break a log line. */
export const text = (longest: number) =>
  z
    .string()
    .min(1, 'expected text')
    .max(longest, `expected text of at most ${longest} characters`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'expected text without control characters')
    .refine(value => value.isWellFormed(), 'expected well-formed Unicode');

/**
 * A slash at the end is removed. Backslashes and dots at the end of a folder are refused, because Azure turns a
 * backslash into a slash and drops such dots.
 */
const prefix = text(512)
  .refine(value => !value.startsWith('/'), 'expected text without a slash at the beginning')
  .refine(value => !value.includes('\\'), 'expected text without backslashes')
  .refine(
    value => !value.split('/').some(folder => folder.endsWith('.')),
    'expected folders that are not ".", ".." and do not end in a dot',
  )
  .transform(value => value.replace(/\/+$/, ''))
  .optional();

const ipAddress = /^\d{1,3}(\.\d{1,3}){3}$/;

const s3Bucket = z
  .string()
  .refine(
    name => /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !ipAddress.test(name),
    'expected a bucket name of S3: 3 to 63 lower-case letters, digits, hyphens and single dots, no IP address',
  )
  // S3 reserves these endings. The SDK would send such names to other hosts, or would fail to parse them.
  .refine(
    name => !/(--x-s3|--xa-s3|--table-s3|--op-s3|\.mrap)$/.test(name),
    'expected a general purpose bucket of S3, no directory or table bucket, and no access point of several Regions or Outposts',
  );

/** An access point's alias can be used like a bucket's name, but not in a policy. */
export function isAccessPointAlias(bucket: string): boolean {
  return /(-s3alias|--ol-s3)$/.test(bucket);
}

/** A name with dots is a domain name: it may be longer, but each part has at most 63 characters. */
const gcsBucket = z
  .string()
  .refine(
    name =>
      /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/.test(name) &&
      name.split('.').every(part => part.length >= 1 && part.length <= 63) &&
      !ipAddress.test(name),
    'expected a bucket name of Google Cloud Storage: lower-case letters, digits, hyphens, underscores and single dots, 3 to 63 characters between dots at most, no IP address',
  );

const expectedStorageAccount =
  'expected the name of the storage account, 3 to 24 lower-case letters and digits';

/** Part of the record, so that a secret with a credential of another storage account cannot redirect the files. */
const storageAccount = z.string(expectedStorageAccount).refine(isStorageAccountName, expectedStorageAccount);

/**
 * Refuses `$web`, `$root` and `$logs`: a static website makes `$web` public, `$root` cannot have
 * folders, and `$logs` is reserved for Azure.
 */
const azureContainer = z
  .string()
  .regex(
    /^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
    'expected a container name: 3 to 63 lower-case letters, digits and single hyphens',
  );

const awsRegion = z.string().regex(regionPattern, 'expected a region such as eu-central-1');

const s3 = z.strictObject({
  type: z.literal(cloud.enum.s3),
  bucket: s3Bucket,
  region: awsRegion,
  prefix,
  expectedBucketOwner: z
    .string()
    .regex(/^\d{12}$/, 'expected 12 digits')
    .optional(),
  roleArn: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/,
      'expected arn:aws:iam::<12 digits>:role/<name>',
    )
    .optional(),
  externalId: z
    .string()
    .regex(/^[\w+=,.@:/-]{2,1224}$/, 'expected 2 to 1224 of letters, digits and + = , . @ : / - _')
    .optional(),
  kmsKeyId: z
    .string()
    .regex(/^[\w:/-]{1,2048}$/, 'expected the id, ARN or alias of a KMS key')
    .optional(),
});

const gcs = z.strictObject({ type: z.literal(cloud.enum.gcs), bucket: gcsBucket, prefix });

const azure = z.strictObject({
  type: z.literal(cloud.enum.azure),
  storageAccount,
  container: azureContainer,
  prefix,
  cloud: azureCloud.optional(),
});

/** The bucket or container that receives an account's files. */
export const destination = z.discriminatedUnion('type', [s3, gcs, azure], {
  error: issue =>
    issue.code === 'invalid_union' ? 'expected s3, gcs or azure' : 'expected exactly one destination, a map',
});

/**
 * The AWS account that must own the bucket, so that nobody who takes over the name of a deleted bucket receives files.
 * If a role is used, it is the role's account, unless the record names another.
 */
export function expectedOwnerOf({
  expectedBucketOwner,
  roleArn,
}: Pick<z.output<typeof s3>, 'expectedBucketOwner' | 'roleArn'>): string | undefined {
  return expectedBucketOwner ?? readArn(roleArn)?.account;
}
