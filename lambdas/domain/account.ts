import { z } from 'zod';
import { ExportError } from './failure.ts';
import { describeFaults } from './faults.ts';
import type { Instant } from './instant.ts';
import { timeZoneNames } from './time-zone-names.ts';

const knownTimeZones = new Set(timeZoneNames);

/** Text without the characters that would change a key's meaning or a log line's shape. */
const text = (longest: number) =>
  z
    .string()
    .min(1, 'expected a text, got an empty one')
    .max(longest, `expected at most ${longest} characters`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'expected no control characters');

const prefix = text(512)
  .refine(value => !value.startsWith('/'), 'expected no slash at the beginning')
  .refine(
    value => !value.split('/').some(part => part === '.' || part === '..'),
    'expected no "." or ".." folders',
  )
  .transform(value => value.replace(/\/+$/, ''))
  .optional();

const bucketName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/,
    'expected a bucket name: lower-case letters, digits, dots, hyphens',
  )
  .refine(value => !value.includes('..'), 'expected no two dots in a row');

const awsRegion = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+){1,3}-\d{1,2}$/, 'expected a region such as eu-central-1');

const roleArn = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/,
    'expected arn:aws:iam::<12 digits>:role/<name>',
  );

const kmsKeyId = z.string().regex(/^[\w:/-]{1,2048}$/, 'expected the id, ARN or alias of a KMS key');

const s3Destination = z.strictObject({
  type: z.literal('s3'),
  bucket: bucketName.max(63, 'expected at most 63 characters'),
  region: awsRegion,
  prefix,
  expectedBucketOwner: z
    .string()
    .regex(/^\d{12}$/, 'expected 12 digits')
    .optional(),
  roleArn: roleArn.optional(),
  externalId: z
    .string()
    .regex(/^[\w+=,.@:/-]{2,1224}$/, 'expected 2 to 1224 of letters, digits and + = , . @ : / - _')
    .optional(),
  kmsKeyId: kmsKeyId.optional(),
});

const gcsDestination = z.strictObject({ type: z.literal('gcs'), bucket: bucketName, prefix });

const azureDestination = z.strictObject({
  type: z.literal('azure'),
  container: z
    .string()
    .regex(
      /^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
      'expected a container name: lower-case letters, digits, single hyphens',
    ),
  prefix,
});

const destination = z.discriminatedUnion('type', [s3Destination, gcsDestination, azureDestination], {
  error: issue =>
    issue.code === 'invalid_union'
      ? 'expected the type s3, gcs or azure'
      : `expected one map, got ${kindOf(issue.input)}`,
});

const instant = z
  .string()
  .refine(value => isoInstant.test(value) && !Number.isNaN(Date.parse(value)), {
    error: 'expected an instant in ISO 8601 with its offset, such as 2026-11-22T18:30:00Z',
  })
  .transform((value): Instant => Date.parse(value));

const isoInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

const accountId = z
  .string()
  .refine(value => [...value].length >= 1 && [...value].length <= 128, 'expected 1 to 128 characters')
  .refine(value => value.isWellFormed(), 'expected well-formed Unicode');

const timeZone = z
  .string()
  .refine(
    name => knownTimeZones.has(name),
    'expected an IANA time zone name such as Europe/Berlin, spelled exactly so',
  );

/** What decides which windows an account is owed; valid or not apart from the rest of the record. */
const schedule = z.object({
  accountId,
  timeZone,
  exportFrom: instant.optional(),
  addOnExpiresAt: instant.optional(),
});

const account = schedule
  .extend({
    status: z.enum(['active', 'paused'], { error: 'expected active or paused' }),
    destination,
    secretId: text(512).optional(),
    format: z.enum(['ndjson', 'json'], { error: 'expected ndjson or json' }).default('ndjson'),
    compression: z.enum(['zip', 'gzip'], { error: 'expected zip or gzip' }).default('zip'),
  })
  .superRefine(({ destination, secretId }, context) => {
    const byRole = destination.type === 's3' && destination.roleArn !== undefined;
    if (!byRole && secretId === undefined)
      context.addIssue({
        code: 'custom',
        path: ['secretId'],
        message: 'expected the name of a secret, got nothing',
      });
    if (byRole && destination.externalId === undefined)
      context.addIssue({
        code: 'custom',
        path: ['destination', 'externalId'],
        message: 'expected an external id beside roleArn, got nothing',
      });
    if (destination.type === 's3' && !byRole && destination.externalId !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['destination', 'roleArn'],
        message: 'expected a role beside externalId',
      });
  });

/** A valid account record (DESIGN 3.1). Instants are numbers here; what is optional there may be absent. */
export type Account = z.infer<typeof account>;
export type Schedule = z.infer<typeof schedule>;
export type Destination = Account['destination'];
export type S3Destination = Extract<Destination, { type: 's3' }>;
export type GcsDestination = Extract<Destination, { type: 'gcs' }>;
export type AzureDestination = Extract<Destination, { type: 'azure' }>;
export type Format = Account['format'];
export type Compression = Account['compression'];

/**
 * The record as an account.
 * @throws ExportError `account_invalid`, naming every fault at once: path, what stands there, what was expected
 */
export function parseAccount(record: unknown): Account {
  const parsed = account.safeParse(record);
  if (parsed.success) return parsed.data;
  throw new ExportError('account_invalid', `The account record is invalid: ${describeFaults(parsed.error)}`);
}

/** The part of a record that decides its windows, if that part is valid, whatever else is wrong with the record. */
export function parseSchedule(record: unknown): Schedule | undefined {
  return schedule.safeParse(record).data;
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  return Array.isArray(value) ? 'a list' : typeof value;
}
