import type { AzureDestination } from '../../../lambdas/domain/account.ts';
import type { AzureCloud } from '../../../lambdas/domain/azure-cloud.ts';
import type { Credential } from '../../../lambdas/domain/secret.ts';

/** Names of the clouds for the `az` command line, which uses public Azure by default. */
const cloudNames: Readonly<Record<AzureCloud, string | undefined>> = {
  public: undefined,
  usgovernment: 'AzureUSGovernment',
  china: 'AzureChinaCloud',
};

/** An `az` command, with the cloud of the storage account selected. */
export function az({ cloud = 'public' }: AzureDestination, command: string): string {
  const name = cloudNames[cloud];
  return name === undefined ? `az ${command}` : `az cloud set --name ${name} && az ${command}`;
}

/**
 * The command for a SAS that allows only Create and Write. If the customer’s present credential is a SAS, it is one
 * of the same kind.
 */
export function sasCommand(destination: AzureDestination, credential?: Credential | undefined): string {
  const isSas = credential?.type === 'azure' && 'sas' in credential.access;
  const fields = new URLSearchParams(isSas ? credential.access.sas : '');
  const { storageAccount, container } = destination;
  const account = `--account-name ${storageAccount}`;
  const most = '--permissions cw --https-only --expiry <date>';
  if (fields.has('ss'))
    return az(destination, `storage account generate-sas ${account} --services b --resource-types o ${most}`);
  if (fields.has('skoid')) return delegatedSasCommand(destination);
  const policy = fields.get('si');
  if (policy !== null && /^[\w-]{1,64}$/.test(policy))
    return az(
      destination,
      `storage container policy update ${account} --container-name ${container} --name ${policy} --permissions cw --expiry <date>`,
    );
  return az(destination, `storage container generate-sas ${account} --name ${container} ${most}`);
}

/** The command for a user delegation SAS: it needs no account key, and is valid for 7 days at most. */
export function delegatedSasCommand(destination: AzureDestination): string {
  const { storageAccount, container } = destination;
  return az(
    destination,
    `storage container generate-sas --account-name ${storageAccount} --name ${container} --permissions cw --https-only --as-user --auth-mode login --expiry <date, 7 days from now at most>`,
  );
}

export function keysCommand(destination: AzureDestination): string {
  return az(destination, `storage account keys list --account-name ${destination.storageAccount}`);
}
