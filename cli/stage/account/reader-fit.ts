import { type Account, parseAccount } from '../../../lambdas/domain/account.ts';
import {
  fitOf,
  type KitReader,
  kitReaders,
  misfits,
  type Reader,
  readerNames,
} from '../../../lambdas/domain/reader.ts';
import { CommandError } from '../../terminal/command-error.ts';
import { accountCommand } from '../../terminal/shell-word.ts';
import type { RecordOptions } from './record-options.ts';

/** Why the account's reader cannot read its files. Empty if it can, or if the record names no reader with a kit. */
export function readerMisfits({ reader, format, compression, emptyWindows, destination }: Account): string[] {
  return misfits({ reader, cloud: destination.type, format, compression, emptyWindows });
}

/** The same for a record that was not checked. Empty for an invalid one. */
export function misfitsOfRecord(record: unknown): string[] {
  try {
    return readerMisfits(parseAccount(record));
  } catch {
    return [];
  }
}

/** A warning that the reader cannot read the files, with the command after which it can. Empty if it can already. */
export function readerWarnings(account: Account, command: string): string[] {
  const reasons = readerMisfits(account);
  if (reasons.length === 0) return [];
  return [`${reasons.join('; ')} → ${fittingCommand(account, account.reader, command)}`];
}

/** The `account update` after which the reader can read the files. */
export function fittingCommand(account: Account, name: Reader | undefined, command: string): string {
  return accountCommand(`${command} account update`, account.accountId, ...fittingOptions(account, name));
}

/** The options of `account update` after which the reader can read the files. Empty if it can already. */
function fittingOptions(
  { format, compression, emptyWindows, destination }: Account,
  reader: Reader | undefined,
): string[] {
  if (!isKitReader(reader)) return [];
  const fit = fitOf(reader, destination.type);
  if (typeof fit === 'string') return ['--reader <product>'];
  const { compressions, emptyFiles } = fit;
  return [
    ...(format === 'ndjson' ? [] : ['--format ndjson']),
    ...(compressions.includes(compression) ? [] : [`--compression ${compressions[0]}`]),
    ...(emptyFiles !== undefined && emptyWindows === 'file' ? ['--empty-windows skip'] : []),
  ];
}

/**
 * Sets how the files are packed to what the reader takes, as far as the options leave it open.
 * @throws CommandError `usage` if the reader can read nothing from the destination
 */
export function withFittingFiles(options: RecordOptions): RecordOptions {
  const { reader, destination } = options;
  if (!isKitReader(reader) || !isCloud(destination)) return options;
  const fit = fitOf(reader, destination);
  if (typeof fit === 'string')
    throw new CommandError(
      'usage',
      `${fit}. Choose another destination, or --reader other if something else hands the files on; nothing was changed`,
    );
  return {
    ...options,
    compression: options.compression ?? fit.compressions[0],
    emptyWindows: options.emptyWindows ?? (fit.emptyFiles === undefined ? 'file' : 'skip'),
  } as RecordOptions;
}

/** The clouds that a reader can read from; all of them without a reader that has a kit. */
export function cloudsFor(reader: string | undefined): readonly ('s3' | 'gcs' | 'azure')[] {
  return isKitReader(reader) ? clouds.filter(cloud => typeof fitOf(reader, cloud) !== 'string') : clouds;
}

/** The readers to choose from: those that can read from the cloud, if it is known already. */
export function readerChoices(destination: string | undefined) {
  const possible = isCloud(destination)
    ? kitReaders.filter(name => typeof fitOf(name, destination) !== 'string')
    : kitReaders;
  return [
    ...possible.map(value => ({ value, description: readerNames[value] })),
    { value: 'other', description: 'something else, or not known yet' } as const,
  ];
}

const clouds = ['s3', 'gcs', 'azure'] as const;

function isKitReader(reader: string | undefined): reader is KitReader {
  return kitReaders.some(name => name === reader);
}

function isCloud(destination: string | undefined): destination is (typeof clouds)[number] {
  return clouds.some(cloud => cloud === destination);
}
