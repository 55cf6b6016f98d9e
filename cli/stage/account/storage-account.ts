import { defaultAzureCloud } from '../../../lambdas/domain/azure-cloud.ts';
import { parseAzureSecret } from '../../../lambdas/domain/azure-secret.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import type { RecordOptions } from './record-options.ts';

/** The options that identify a storage account. */
export type StorageAccountOptions = Pick<RecordOptions, 'storageAccount' | 'azureCloud'>;

/** The storage account that a credential is for; `undefined` if it is not a credential for Azure. */
export function storageAccountIn(secret: string): StorageAccountOptions | undefined {
  try {
    const { accountName, cloud } = parseAzureSecret(secret);
    return { storageAccount: accountName, ...(cloud !== defaultAzureCloud && { azureCloud: cloud }) };
  } catch (thrown) {
    if (thrown instanceof ExportError) return undefined;
    throw thrown;
  }
}

/** The options to give if the record names no storage account but the credential does. */
export function storageAccountHints(named: StorageAccountOptions | undefined): string[] {
  if (named === undefined) return [];
  const { storageAccount, azureCloud } = named;
  const options = `--storage-account ${storageAccount}${azureCloud === undefined ? '' : ` --azure-cloud ${azureCloud}`}`;
  return [`the credential is for the storage account ${storageAccount}: to export there, give ${options}`];
}
