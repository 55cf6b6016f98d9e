import * as z from 'zod';
import { readArn, regionPattern } from './aws-region.ts';
import { azureCloud, isStorageAccountName } from './azure-cloud.ts';

export const cloud = z.enum(['s3', 'gcs', 'azure']);

/** Text that changes neither the meaning of a key nor the shape of a log line. */
export const text = (longest: number) =>
  z
    .string()
    .min(1, 'expected text')
    .max(longest, `expected text of at most ${longest} characters`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'expected text without control characters')
    .refine(value => value.isWellFormed(), 'expected well-formed Unicode');

/** A slash at the end is dropped. Azure takes a backslash for a slash and drops dots at the end of a folder. */
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
  // S3 reserves these endings; the SDK takes such names to other hosts, or apart and does not find what it expects.
  .refine(
    name => !/(--x-s3|--xa-s3|--table-s3|--op-s3|\.mrap)$/.test(name),
    'expected a general purpose bucket of S3, no directory or table bucket, and no access point of several Regions or Outposts',
  );

/** Names that S3 gives to access points, so that they can stand for a bucket; no policy takes them. */
export function isAccessPointAlias(bucket: string): boolean {
  return /(-s3alias|--ol-s3)$/.test(bucket);
}

/** Names with dots are domains and may be longer, each part up to 63 characters. */
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

/** Beside the container, so that a credential of another storage account redirects nothing. */
const storageAccount = z.string(expectedStorageAccount).refine(isStorageAccountName, expectedStorageAccount);

/**
 * `$web`, `$root` and `$logs` are refused: a static website serves `$web` to anybody, `$root` takes no folders, and
 * `$logs` is Azure's own.
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

/** Where an account's files go: exactly one bucket or container. */
export const destination = z.discriminatedUnion('type', [s3, gcs, azure], {
  error: issue =>
    issue.code === 'invalid_union' ? 'expected s3, gcs or azure' : 'expected exactly one destination, a map',
});

/**
 * The AWS account that has to own the bucket: whoever takes over the name of a bucket that was deleted gets no file. With a
 * role it is the role's own account, unless the record names another.
 */
export function expectedOwnerOf({
  expectedBucketOwner,
  roleArn,
}: Pick<z.output<typeof s3>, 'expectedBucketOwner' | 'roleArn'>): string | undefined {
  return expectedBucketOwner ?? readArn(roleArn)?.account;
}
