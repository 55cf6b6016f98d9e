import * as z from 'zod';

/**
 * Azure itself and its sovereign clouds, each with the end of its host names: a storage account's blobs are at
 * `<account>.blob.<suffix>`. No other suffix is ever taken.
 */
export const azureSuffixes = {
  public: 'core.windows.net',
  usgovernment: 'core.usgovcloudapi.net',
  china: 'core.chinacloudapi.cn',
} as const;

export type AzureCloud = keyof typeof azureSuffixes;

export const azureClouds = Object.keys(azureSuffixes) as readonly AzureCloud[];

/** The cloud of a storage account where nothing names one. */
export const defaultAzureCloud: AzureCloud = 'public';

export const azureCloud = z.enum(azureClouds);

/** The cloud whose hosts have this end; `undefined` if none has. */
export function azureCloudWith(suffix: string): AzureCloud | undefined {
  return azureClouds.find(name => azureSuffixes[name] === suffix);
}

/** Whether a storage account can have the name. */
export function isStorageAccountName(name: string): boolean {
  return /^[a-z0-9]{3,24}$/.test(name);
}
