import type { Account, Destination } from '../../../lambdas/domain/account.ts';
import type { Actions } from '../../../lambdas/domain/actions.ts';
import { azureSuffixes, defaultAzureCloud } from '../../../lambdas/domain/azure-cloud.ts';
import { accountFolder } from '../../../lambdas/domain/object-key.ts';
import { type Fit, fitOf, type KitReader, misfits, readerNames } from '../../../lambdas/domain/reader.ts';
import { type KitInput, type Product, type Source, sourceOf } from '../../../readers/kit.ts';
import { quotedId } from '../../stage/account/account-id.ts';
import { cloudsFor, fittingCommand } from '../../stage/account/reader-fit.ts';
import { CommandError } from '../../terminal/command-error.ts';

export type Cloud = Destination['type'];

/** What stands in a kit for no account, and what the customer's team puts in its place. */
export const placeholders: Readonly<Record<string, string>> = {
  ACCOUNT: 'the account’s id',
  FOLDER: 'the folder of the account’s files, [prefix/]audit/<encoded id>, without a slash at its end',
  BUCKET: 'the bucket',
  REGION: 'the bucket’s region',
  STORAGE_ACCOUNT: 'the storage account; for a sovereign cloud, also the suffix of its host',
  CONTAINER: 'the container',
  PRODUCT: 'the name of your product',
  VENDOR: 'the name of your company',
};

/**
 * What the kit for an account is made from.
 * @param command the beginning of commands for the stage
 * @throws CommandError `usage` if the kit cannot read the account's files
 */
export function inputForAccount(
  account: Account,
  reader: KitReader,
  { product, actions, command }: { product: Product; actions: Actions; command: string },
): KitInput {
  checkFiles(account, reader, command);
  const { accountId, destination, compression } = account;
  const folder = accountFolder(destination.prefix, accountId);
  return { accountId, source: sourceOf(destination), folder, compression, product, actions };
}

/**
 * What a kit for no account is made from: placeholders, and the best of what the reader takes.
 * @throws CommandError `usage` if the reader can read nothing from the cloud
 */
export function inputForAnyone(
  reader: KitReader,
  cloud: Cloud = cloudsFor(reader)[0] ?? 's3',
  actions: Actions,
): KitInput {
  const [compression] = fitFor(reader, cloud).compressions;
  return {
    accountId: 'ACCOUNT',
    source: sourcesWithPlaceholders[cloud],
    folder: 'FOLDER/',
    compression: compression ?? 'gzip',
    product: { name: 'PRODUCT', vendor: 'VENDOR' },
    actions,
  };
}

const sourcesWithPlaceholders: Record<Cloud, Source> = {
  s3: { type: 's3', bucket: 'BUCKET', region: 'REGION' },
  gcs: { type: 'gcs', bucket: 'BUCKET' },
  azure: {
    type: 'azure',
    storageAccount: 'STORAGE_ACCOUNT',
    container: 'CONTAINER',
    host: `STORAGE_ACCOUNT.blob.${azureSuffixes[defaultAzureCloud]}`,
  },
};

/** @throws CommandError `usage` if the reader can read nothing from the cloud */
function fitFor(reader: KitReader, cloud: Cloud): Fit {
  const fit = fitOf(reader, cloud);
  if (typeof fit !== 'string') return fit;
  const possible = cloudsFor(reader).join(' or ');
  throw new CommandError(
    'usage',
    `${fit}; nothing was written. A kit for ${readerNames[reader]} reads from ${possible}`,
  );
}

function checkFiles(account: Account, reader: KitReader, command: string): void {
  const { accountId, destination, format, compression, emptyWindows } = account;
  fitFor(reader, destination.type);
  const reasons = misfits({ reader, cloud: destination.type, format, compression, emptyWindows });
  if (reasons.length === 0) return;
  const update = fittingCommand(account, reader, command);
  throw new CommandError(
    'usage',
    `${readerNames[reader]} cannot read the files of ${quotedId(accountId)}; nothing was written:${reasons.map(reason => `\n  ${reason}`).join('')}\n  → ${update}`,
  );
}
