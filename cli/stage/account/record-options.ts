import type { Command } from 'commander';
import { destinationAttributes } from '../../../lambdas/domain/account.ts';
import { azureClouds } from '../../../lambdas/domain/azure-cloud.ts';
import { compression, format } from '../../../lambdas/domain/format.ts';
import { reader } from '../../../lambdas/domain/reader.ts';
import { timeZoneNames } from '../../../lambdas/domain/time-zone-names.ts';
import type { AccountRecord } from './account-record.ts';

/** The attributes of a record as command-line options. */
export interface RecordOptions {
  readonly timeZone?: string;
  readonly destination?: string;
  readonly bucket?: string;
  readonly storageAccount?: string;
  readonly container?: string;
  readonly bucketRegion?: string;
  readonly prefix?: string;
  readonly expectedBucketOwner?: string;
  readonly roleArn?: string;
  readonly externalId?: string;
  readonly kmsKeyId?: string;
  readonly azureCloud?: string;
  readonly format?: string;
  readonly compression?: string;
  readonly emptyWindows?: string;
  readonly reader?: string;
  readonly exportFrom?: string;
  readonly addOnExpiresAt?: string;
  readonly secretId?: string;
  readonly secretFile?: string;
}

export function addRecordOptions(command: Command): Command {
  return command
    .option('--time-zone <name>', 'IANA time zone, such as Europe/Berlin')
    .option('--destination <cloud>', 's3, gcs or azure')
    .option('--bucket <name>', 'the bucket (S3, Google Cloud Storage)')
    .option('--storage-account <name>', 'the storage account (Azure)')
    .option('--container <name>', 'the container in it (Azure)')
    .option('--bucket-region <region>', 'the region of an S3 bucket, such as eu-central-1')
    .option('--prefix <path>', 'a folder in the bucket')
    .option(
      '--expected-bucket-owner <id>',
      'the AWS account that must own an S3 bucket (with a role: its own)',
    )
    .option('--role-arn <arn>', 'a role in the customer’s AWS account, instead of an access key')
    .option('--external-id <text>', 'the external id that the role requires; random by default')
    .option('--kms-key-id <id>', 'the KMS key for an S3 bucket’s objects')
    .option(
      '--azure-cloud <name>',
      `the storage account’s cloud, ${azureClouds.join(', ')}; public by default`,
    )
    .option('--reader <product>', `what reads the files: ${reader.options.join(', ')}`)
    .option('--format <format>', `the form of the records: ${format.options.join(', ')}`)
    .option('--compression <kind>', `how files are packed: ${compression.options.join(', ')}`)
    .option('--empty-windows <way>', 'what a window without records gives: a file, or skip for none')
    .option('--export-from <instant>', 'also deliver history, from the window that contains this instant')
    .option('--add-on-expires-at <instant>', 'deliver no window that ends after this instant')
    .option('--secret-file <file>', 'a file with the customer’s credential; - reads standard input')
    .option('--secret-id <name>', 'the name of an existing secret below the stage’s prefix');
}

const destinationOptions = {
  bucket: 'bucket',
  storageAccount: 'storageAccount',
  container: 'container',
  bucketRegion: 'region',
  prefix: 'prefix',
  expectedBucketOwner: 'expectedBucketOwner',
  roleArn: 'roleArn',
  externalId: 'externalId',
  kmsKeyId: 'kmsKeyId',
  azureCloud: 'cloud',
} as const satisfies Partial<Record<keyof RecordOptions, string>>;

const ownAttributes = [
  'timeZone',
  'format',
  'compression',
  'emptyWindows',
  'reader',
  'exportFrom',
  'addOnExpiresAt',
  'secretId',
] as const satisfies readonly (keyof RecordOptions)[];

/** The option that sets the attribute at a path of the record. */
export function optionFor(path: string): string | undefined {
  if (path === 'accountId') return '<account>';
  if (path === 'destination' || path === 'destination.type') return '--destination';
  const own = ownAttributes.find(name => name === path);
  const option =
    own ??
    Object.entries(destinationOptions).find(([, attribute]) => `destination.${attribute}` === path)?.[0];
  return option && `--${option.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`;
}

/** Applies options to a record without checking the result; an empty value removes the attribute. */
export function withOptions(record: AccountRecord, options: RecordOptions): AccountRecord {
  const changed: Record<string, unknown> = { ...record };
  for (const name of ownAttributes) set(changed, name, options[name]);
  if (options.timeZone !== undefined) changed.timeZone = spelled(options.timeZone);
  changed.destination = destinationWith(record.destination, options);
  return changed;
}

function destinationWith(present: unknown, options: RecordOptions): unknown {
  const { destination: type } = options;
  const own: Record<string, unknown> = typeof present === 'object' && present !== null ? { ...present } : {};
  const destination = type === undefined ? own : destinationOf(type, own);
  for (const [option, attribute] of Object.entries(destinationOptions))
    set(destination, attribute, options[option as keyof typeof destinationOptions]);
  // The external id belongs to the role.
  if (options.roleArn === '' && !options.externalId) delete destination.externalId;
  return destination;
}

/**
 * A change of the cloud drops all attributes of the previous destination. Without one, unknown attributes are
 * dropped, because they would be refused.
 */
function destinationOf(type: string, present: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (present.type !== type) return { type };
  const known = destinationAttributes(type);
  return Object.fromEntries(Object.entries(present).filter(([name]) => known.includes(name)));
}

function set(record: Record<string, unknown>, attribute: string, value: string | undefined): void {
  if (value === '') delete record[attribute];
  else if (value !== undefined) record[attribute] = value;
}

/** The IANA spelling of the name if it differs only in case. */
function spelled(timeZone: string): string {
  return timeZoneNames.find(name => name.toLowerCase() === timeZone.toLowerCase()) ?? timeZone;
}
