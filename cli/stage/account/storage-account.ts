import { defaultAzureCloud } from '../../../lambdas/domain/azure-cloud.ts';
import { parseAzureSecret } from '../../../lambdas/domain/azure-secret.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import type { RecordOptions } from './record-options.ts';

/** The options that say which storage account it is. */
export type StorageAccountOptions = Pick<RecordOptions, 'storageAccount' | 'azureCloud'>;

/** The storage account whose credential it is, for an account record to name; nothing if it is none of Azure's. */
export function storageAccountIn(secret: string): StorageAccountOptions | undefined {
  try {
    const { accountName, cloud } = parseAzureSecret(secret);
    return { storageAccount: accountName, ...(cloud !== defaultAzureCloud && { azureCloud: cloud }) };
  } catch (thrown) {
    if (thrown instanceof ExportError) return undefined;
    throw thrown;
  }
}

/** What to give where the record names no storage account and the credential does. */
export function storageAccountHints(named: StorageAccountOptions | undefined): string[] {
  if (named === undefined) return [];
  const { storageAccount, azureCloud } = named;
  const options = `--storage-account ${storageAccount}${azureCloud === undefined ? '' : ` --azure-cloud ${azureCloud}`}`;
  return [
    `the credential is of the storage account ${storageAccount}: if the files go there, give ${options}`,
  ];
}
