import * as z from 'zod';
import { partitionOf, readArn, regionPattern } from './aws-region.ts';
import { destination } from './destination.ts';
import { ExportError } from './failure.ts';
import { type Validated, validate } from './faults.ts';
import { compression, format } from './format.ts';
import type { Instant } from './instant.ts';
import { objectKey } from './object-key.ts';
import { isTimeZone } from './time-zone.ts';

const earliest = Date.UTC(2000);
const latest = Date.UTC(2100);

/** The most bytes that a key may have in S3 and in Google Cloud Storage; in Azure it is as many characters. */
const longestKey = 1024;

const isoInstant = z.union([
  z.iso.datetime({ offset: true }),
  z.iso.datetime({ offset: true, precision: -1 }), // to the minute
]);

/** An instant from the year 2000 on and before another. */
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

/** What decides which windows an account is owed; valid or not apart from the rest of the record. */
const schedule = z.object({
  accountId,
  timeZone,
  // A typo in the year would owe the account a hundred thousand windows, or none for a century.
  exportFrom: instantBefore(latest).optional(),
  // The year 9999 is a common way to say that it does not expire.
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
});

/** What an account record may have. Attributes beside these are those of other tools. */
export const accountAttributes: readonly string[] = Object.keys(account.shape);

/** What a destination of a cloud may have; of every cloud, if it is none that is known. */
export function destinationAttributes(type: unknown): readonly string[] {
  const own = destination.options.filter(({ shape }) => shape.type.value === type);
  const shapes = own.length > 0 ? own : destination.options;
  return [...new Set(shapes.flatMap(({ shape }) => Object.keys(shape)))];
}

/** A valid account record. Instants are numbers here, not texts; what is optional in the record may be absent. */
export type Account = z.infer<typeof account>;
export type Schedule = z.infer<typeof schedule>;
export type Destination = Account['destination'];
export type S3Destination = Extract<Destination, { type: 's3' }>;
export type GcsDestination = Extract<Destination, { type: 'gcs' }>;
export type AzureDestination = Extract<Destination, { type: 'azure' }>;

/**
 * The record as an account. Attributes that it does not know are ignored, but none in the destination.
 * @throws ExportError `account_invalid`, naming every fault at once: path, what was expected, what stands there
 */
export function parseAccount(record: unknown): Account {
  const { data, faults } = check(record);
  if (data !== undefined && faults.length === 0) return data;
  throw new ExportError('account_invalid', `The account record is invalid: ${faults.join('; ')}`);
}

/** Every fault of a record, each beginning with the path of its attribute and a colon; none if it is an account. */
export function accountFaults(record: unknown): readonly string[] {
  return check(record).faults;
}

function check(record: unknown): Validated<Account> {
  const { data, faults } = validate(account, record);
  return { ...(data !== undefined && { data }), faults: [...faults, ...faultsBetweenAttributes(record)] };
}

/** The part of a record that decides its windows, if that part is valid, whatever else is wrong with the record. */
export function parseSchedule(record: unknown): Schedule | undefined {
  return schedule.safeParse(record).data;
}

/**
 * Faults that no attribute has alone. Looks at the record as it came, because a schema's own rules between attributes
 * stay unchecked until every attribute is valid, and the faults would be told one after the other.
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

  const keyBytes = bytesOfLongestKey(record.accountId, target.prefix);
  if (keyBytes > longestKey)
    faults.push(
      `accountId: expected an id that, with the prefix, makes object keys of at most ${longestKey} bytes, got ${keyBytes}`,
    );
  return faults;
}

/** AWS lets nothing of one partition into another, and S3 encrypts with keys of the bucket's own region only. */
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

function bytesOfLongestKey(id: unknown, prefix: unknown): number {
  if (!accountId.safeParse(id).success || typeof id !== 'string') return 0;
  const file = { accountId: id, windowEnd: latest, part: 9999, compression: 'gzip' } as const;
  return Buffer.byteLength(objectKey(typeof prefix === 'string' ? prefix : undefined, file));
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
