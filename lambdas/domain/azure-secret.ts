import * as z from 'zod';
import type { AzureDestination } from './account.ts';
import {
  type AzureCloud,
  azureCloudWith,
  azureSuffixes,
  defaultAzureCloud,
  isStorageAccountName,
} from './azure-cloud.ts';
import { ExportError } from './failure.ts';
import { invalidSecret, parseJsonSecret, secretValue } from './secret-text.ts';

/** A storage account with its key or a SAS. */
export interface AzureCredential {
  readonly type: 'azure';
  readonly accountName: string;
  readonly cloud: AzureCloud;
  /** The storage account's host for blobs, always one of Azure's own. */
  readonly host: string;
  readonly access: { readonly accountKey: string } | { readonly sas: string };
  /**
   * The path of the secret's URL: a container or something in it; absent if the URL has none. Only for messages: the
   * account record decides the container.
   */
  readonly path?: string | undefined;
}

const suffixList = Object.values(azureSuffixes).join(', ');

/** The host name after the name of a storage account with a DNS zone endpoint. Only the public cloud has these. */
const dnsZone = /^z[0-9]{2}\.blob\.storage\.azure\.net$/;

const blobUrl = `https://<account>.blob.<suffix> with one of the suffixes ${suffixList}, or https://<account>.z<2 digits>.blob.storage.azure.net`;

const azureSecret = z
  .object({ connectionString: secretValue.optional(), sasUrl: secretValue.optional() })
  .refine(secret => (secret.connectionString === undefined) !== (secret.sasUrl === undefined), {
    error: 'expected either connectionString or sasUrl',
  });

/** The part of a destination that decides which storage account's credential it needs. */
export type AzureOwner = Pick<AzureDestination, 'storageAccount' | 'cloud'>;

/**
 * Checks that the credential belongs to the storage account in the record, and returns it. Without this check, rotating
 * a credential could send files to another storage account, and the ledger would confuse objects of both.
 * @throws ExportError `secret_invalid` naming both storage accounts
 */
export function ownedBy(owner: AzureOwner, credential: AzureCredential): AzureCredential {
  const { storageAccount, cloud = defaultAzureCloud } = owner;
  if (credential.accountName === storageAccount && credential.cloud === cloud) return credential;
  const inCloud = (name: AzureCloud) => (credential.cloud === cloud ? '' : ` in the cloud ${name}`);
  throw new ExportError(
    'secret_invalid',
    `The secret is a credential of the storage account ${credential.accountName}${inCloud(credential.cloud)}, and the account record names ${storageAccount}${inCloud(cloud)}: store a credential of the one that the record names, or correct the record`,
  );
}

/**
 * Parses a connection string or the URL of a SAS, bare or inside JSON. Does not check which storage account it is for.
 * @throws ExportError `secret_invalid`, naming every fault at once and never a value
 */
export function parseAzureSecret(secret: string): AzureCredential {
  const pasted = secret.trim();
  if (!pasted.startsWith('{')) return parseBare(pasted);
  const { connectionString, sasUrl } = parseJsonSecret('azure', azureSecret, pasted);
  return connectionString === undefined ? parseSasUrl(sasUrl ?? '') : parseConnectionString(connectionString);
}

function parseBare(secret: string): AzureCredential {
  return /^https?:/i.test(secret) ? parseSasUrl(secret) : parseConnectionString(secret);
}

function parseSasUrl(sasUrl: string): AzureCredential {
  const endpoint = parseBlobEndpoint(sasUrl);
  if (endpoint === undefined) throw invalidSecret('azure', [`sasUrl: expected ${blobUrl}`]);
  const sas = new URL(sasUrl).search.slice(1);
  if (!isSas(sas)) throw invalidSecret('azure', [`sasUrl: ${expectedSas}`]);
  return { type: 'azure', ...endpoint, access: { sas } };
}

function parseConnectionString(connectionString: string): AzureCredential {
  const settings = readSettings(connectionString);
  const blobEndpoint = settings.get('blobendpoint');
  const endpoint = blobEndpoint === undefined ? undefined : parseBlobEndpoint(blobEndpoint);
  const accountName = settings.get('accountname') ?? endpoint?.accountName ?? '';
  const suffix = settings.get('endpointsuffix')?.toLowerCase();
  const cloud = suffix === undefined ? (endpoint?.cloud ?? defaultAzureCloud) : azureCloudWith(suffix);
  const accountKey = settings.get('accountkey');
  const sas = settings.get('sharedaccesssignature')?.replace(/^\?/, '');
  const protocol = settings.get('defaultendpointsprotocol') ?? 'https';

  const faults: string[] = [];
  if (settings.has('usedevelopmentstorage') || settings.has('developmentstorageproxyuri'))
    faults.push('UseDevelopmentStorage: expected a storage account in Azure');
  if (protocol.toLowerCase() !== 'https') faults.push('DefaultEndpointsProtocol: expected https');
  if (!isStorageAccountName(accountName))
    faults.push('AccountName: expected 3 to 24 lower-case letters and digits');
  if (cloud === undefined) faults.push(`EndpointSuffix: expected one of ${suffixList}`);
  if (blobEndpoint !== undefined && endpoint === undefined) faults.push(`BlobEndpoint: expected ${blobUrl}`);
  if (endpoint && (endpoint.accountName !== accountName || endpoint.cloud !== cloud))
    faults.push('BlobEndpoint: expected the host of AccountName and EndpointSuffix');
  if (accountKey === undefined && sas === undefined)
    faults.push('AccountKey: expected a key here, or a SAS in SharedAccessSignature');
  if (accountKey !== undefined && !isAccountKey(accountKey))
    faults.push('AccountKey: expected 64 bytes in base64, 88 characters, as Azure shows it');
  if (sas !== undefined && !isSas(sas)) faults.push(`SharedAccessSignature: ${expectedSas}`);
  if (cloud === undefined || faults.length > 0) throw invalidSecret('azure', faults);

  const access = accountKey === undefined ? { sas: sas ?? '' } : { accountKey };
  const host = endpoint?.host ?? `${accountName}.blob.${azureSuffixes[cloud]}`;
  return { type: 'azure', accountName, cloud, host, access, path: endpoint?.path };
}

/** Parses `Name=value;Name=value`. The result's names are in lower case. A value may contain `=`. */
function readSettings(connectionString: string): Map<string, string> {
  const settings = new Map<string, string>();
  for (const setting of connectionString.split(';')) {
    const equals = setting.indexOf('=');
    if (equals > 0)
      settings.set(setting.slice(0, equals).trim().toLowerCase(), setting.slice(equals + 1).trim());
  }
  return settings;
}

type BlobEndpoint = Pick<AzureCredential, 'accountName' | 'cloud' | 'host' | 'path'>;

/** The parts of a URL; `undefined` unless the host is one of Azure's own and the URL has no user name or password. */
function parseBlobEndpoint(text: string): BlobEndpoint | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, username, password, host, pathname } = new URL(text);
  if (protocol !== 'https:' || username !== '' || password !== '') return undefined;
  const dot = host.indexOf('.');
  const accountName = host.slice(0, dot);
  const place = host.slice(dot + 1);
  const cloud = dnsZone.test(place)
    ? defaultAzureCloud
    : azureCloudWith(/^blob\.(.*)$/.exec(place)?.[1] ?? '');
  if (!isStorageAccountName(accountName) || cloud === undefined) return undefined;
  return { accountName, cloud, host, path: pathname.replace(/^\/+|\/+$/g, '') || undefined };
}

/** Azure's keys have 64 bytes. A key of another length was probably cut when it was copied. */
function isAccountKey(key: string): boolean {
  return /^[A-Za-z0-9+/]{86}==$/.test(key);
}

const expectedSas = 'expected a query text with its signature (sig=…)';

function isSas(query: string): boolean {
  return /^[\x21-\x7e]+$/.test(query) && (new URLSearchParams(query).get('sig') ?? '') !== '';
}
