import * as z from 'zod';
import { partitionOf, readArn, regionPattern } from './aws-region.ts';
import { destination } from './destination.ts';
import { ExportError } from './failure.ts';
import { type Validated, validate } from './faults.ts';
import { compression, emptyWindows, format } from './format.ts';
import type { Instant } from './instant.ts';
import { longestName, objectKey } from './object-key.ts';
import { reader } from './reader.ts';
import { isTimeZone } from './time-zone.ts';

const earliest = Date.UTC(2000);
const latest = Date.UTC(2100);

/** The longest key in bytes of S3 and Google Cloud Storage; Azure allows as many characters. */
const longestKey = 1024;
/** Three bytes of an id make four of its base64url; the rest of a file's name is `audit__20261122T183000Z_999999.json.gz`. */
const longestId = Math.floor(((longestName - 38) * 3) / 4);

const isoInstant = z.union([
  z.iso.datetime({ offset: true }),
  z.iso.datetime({ offset: true, precision: -1 }), // to the minute
]);

/** An instant from the year 2000 on and before `end`. */
const instantBefore = (end: Instant) =>
  z
    .string()
    .refine(value => isoInstant.safeParse(value).success, {
      error: 'expected an instant in ISO 8601 with its offset, such as 2026-11-22T18:30:00Z',
      abort: true,
    })
    .refine(
      value => Date.parse(value) >= earliest && Date.parse(value) < end,
      `expected an instant between the years 2000 and ${new Date(end - 1).getUTCFullYear()}`,
    )
    .transform((value): Instant => Date.parse(value));

const accountId = z
  .string()
  .refine(value => [...value].length >= 1 && [...value].length <= 128, 'expected 1 to 128 characters')
  .refine(value => value.isWellFormed(), 'expected well-formed Unicode');

const timeZone = z
  .string()
  .refine(isTimeZone, 'expected an IANA time zone name such as Europe/Berlin, spelled exactly so');

/**
 * The attributes that decide which windows an account is owed. They can be valid even if the rest of the record is not.
 */
const schedule = z.object({
  accountId,
  timeZone,
  // Without limits, a typing error in the year would make a hundred thousand windows owed, or none for a century.
  exportFrom: instantBefore(latest).optional(),
  // Later years are allowed, because the year 9999 is a common way to say that something never expires.
  addOnExpiresAt: instantBefore(Date.UTC(10_000)).optional(),
});

const account = schedule.extend({
  status: z.enum(['active', 'paused']),
  destination,
  secretId: z
    .string('expected text')
    .regex(/^[\w/+=.@!-]{1,512}$/, 'expected 1 to 512 of letters, digits and / _ + = . @ ! -')
    .optional(),
  format: format.default('ndjson'),
  compression: compression.default('zip'),
  emptyWindows: emptyWindows.default('file'),
  /** The product that reads the files. It changes no file: the commands warn if the files do not fit it. */
  reader: reader.optional(),
});

/** The attributes of an account record. A record may have others, which other tools use. */
export const accountAttributes: readonly string[] = Object.keys(account.shape);

/** The attributes of a destination of this type; of all types if the type is unknown. */
export function destinationAttributes(type: unknown): readonly string[] {
  const own = destination.options.filter(({ shape }) => shape.type.value === type);
  const shapes = own.length > 0 ? own : destination.options;
  return [...new Set(shapes.flatMap(({ shape }) => Object.keys(shape)))];
}

/** A valid account record, with instants as numbers. */
export type Account = z.infer<typeof account>;
export type Schedule = z.infer<typeof schedule>;
export type Destination = Account['destination'];
export type S3Destination = Extract<Destination, { type: 's3' }>;
export type GcsDestination = Extract<Destination, { type: 'gcs' }>;
export type AzureDestination = Extract<Destination, { type: 'azure' }>;

/**
 * Checks an account record. Ignores unknown attributes, except in the destination, where they are faults.
 * @throws ExportError `account_invalid` with every fault: its path, the expected value, and the kind of the actual one
 */
export function parseAccount(record: unknown): Account {
  const { data, faults } = check(record);
  if (data !== undefined && faults.length === 0) return data;
  throw new ExportError('account_invalid', `The account record is invalid: ${faults.join('; ')}`);
}

/** Every fault of a record. Each begins with the path of the attribute and a colon. Empty for a valid record. */
export function accountFaults(record: unknown): readonly string[] {
  return check(record).faults;
}

function check(record: unknown): Validated<Account> {
  const { data, faults } = validate(account, record);
  return { ...(data !== undefined && { data }), faults: [...faults, ...faultsBetweenAttributes(record)] };
}

/** The part of a record that decides its windows, if that part is valid. Ignores faults in the rest of the record. */
export function parseSchedule(record: unknown): Schedule | undefined {
  return schedule.safeParse(record).data;
}

/**
 * Faults in the combination of attributes. It checks the original record: rules of a schema that involve several
 * attributes run only when every attribute is valid, so operators would see these faults only after fixing all others.
 */
function faultsBetweenAttributes(record: unknown): string[] {
  if (!isMap(record)) return [];
  const target = isMap(record.destination) ? record.destination : {};
  const byRole = target.type === 's3' && target.roleArn !== undefined;
  const faults: string[] = [];
  if (!byRole && record.secretId === undefined)
    faults.push('secretId: expected the name of a secret, got nothing');
  if (byRole && target.externalId === undefined)
    faults.push('destination.externalId: expected an external id beside roleArn, got nothing');
  if (target.type === 's3' && !byRole && target.externalId !== undefined)
    faults.push('destination.roleArn: expected a role beside externalId, got nothing');
  if (target.bucket !== undefined && target.container !== undefined)
    faults.push('destination: expected exactly one destination, got both bucket and container');

  if (target.type === 's3') faults.push(...faultsOfRegion(target));

  faults.push(...faultsOfNames(record.accountId, target.prefix));
  return faults;
}

/** A role must be in the bucket's AWS partition, and S3 can encrypt only with a key of the bucket's region. */
function faultsOfRegion({ region, roleArn, kmsKeyId }: Record<string, unknown>): string[] {
  if (typeof region !== 'string' || !regionPattern.test(region)) return [];
  const partition = partitionOf(region);
  const role = readArn(roleArn);
  const key = readArn(kmsKeyId);
  const faults: string[] = [];
  if (role !== undefined && role.partition !== partition)
    faults.push(
      `destination.roleArn: expected a role of the partition ${partition}, as ${region} is in it, got one of ${role.partition}`,
    );
  if (key !== undefined && (key.partition !== partition || key.region !== region))
    faults.push(
      `destination.kmsKeyId: expected a key in ${region}, as the bucket is there, got one elsewhere`,
    );
  return faults;
}

/** A key must be one that every cloud takes, and a file must have a name that can be saved. */
function faultsOfNames(id: unknown, prefix: unknown): string[] {
  if (!accountId.safeParse(id).success || typeof id !== 'string') return [];
  const file = { accountId: id, windowEnd: latest, part: 999_999, compression: 'gzip' } as const;
  const key = objectKey(typeof prefix === 'string' ? prefix : undefined, file);
  const keyBytes = Buffer.byteLength(key);
  const nameBytes = Buffer.byteLength(key.slice(key.lastIndexOf('/') + 1));
  const faults: string[] = [];
  if (nameBytes > longestName)
    faults.push(
      `accountId: expected at most ${longestId} bytes of UTF-8, so that a file's name has at most ${longestName}, got ${Buffer.byteLength(id)}`,
    );
  else if (keyBytes > longestKey)
    faults.push(
      `destination.prefix: expected a prefix that, with the id, makes object keys of at most ${longestKey} bytes, got ${keyBytes}`,
    );
  return faults;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
