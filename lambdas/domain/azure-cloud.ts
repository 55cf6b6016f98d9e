import * as z from 'zod';

/**
 * The suffixes of the host names of Azure and its sovereign clouds: a storage account's blobs are at
 * `<account>.blob.<suffix>`. No other suffix is ever used, so a secret cannot send requests to another host.
 */
export const azureSuffixes = {
  public: 'core.windows.net',
  usgovernment: 'core.usgovcloudapi.net',
  china: 'core.chinacloudapi.cn',
} as const;

export type AzureCloud = keyof typeof azureSuffixes;

export const azureClouds = Object.keys(azureSuffixes) as readonly AzureCloud[];

/** The cloud of a storage account if the record names none. */
export const defaultAzureCloud: AzureCloud = 'public';

export const azureCloud = z.enum(azureClouds);

/** The cloud with this suffix; `undefined` if there is none. */
export function azureCloudWith(suffix: string): AzureCloud | undefined {
  return azureClouds.find(name => azureSuffixes[name] === suffix);
}

/** Whether this is a valid name of a storage account. */
export function isStorageAccountName(name: string): boolean {
  return /^[a-z0-9]{3,24}$/.test(name);
}
