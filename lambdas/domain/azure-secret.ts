import * as z from 'zod';
import { invalidSecret, parseJsonSecret, secretValue } from './secret-text.ts';

/** A storage account with its key or a SAS. */
export interface AzureCredential {
  readonly type: 'azure';
  readonly accountName: string;
  /** The account's host for blobs: one of Azure's own. */
  readonly host: string;
  readonly access: { readonly accountKey: string } | { readonly sas: string };
}

/** Azure itself and its sovereign clouds: no other host ever sees a request. */
const endpointSuffixes: readonly string[] = [
  'core.windows.net',
  'core.usgovcloudapi.net',
  'core.chinacloudapi.cn',
];
const defaultSuffix = 'core.windows.net';

/** After the name of an account that was created with a DNS zone endpoint; there are such in Azure itself only. */
const dnsZone = /^z[0-9]{2}\.blob\.storage\.azure\.net$/;

const blobUrl = `https://<account>.blob.<suffix> with one of the suffixes ${endpointSuffixes.join(', ')}, or https://<account>.z<2 digits>.blob.storage.azure.net`;

const azureSecret = z
  .object({ connectionString: secretValue.optional(), sasUrl: secretValue.optional() })
  .refine(secret => (secret.connectionString === undefined) !== (secret.sasUrl === undefined), {
    error: 'expected either connectionString or sasUrl',
  });

/**
 * A connection string or the URL of a SAS, bare or inside JSON.
 * @throws ExportError `secret_invalid`, naming every fault at once and never a value
 */
export function parseAzureSecret(secret: string): AzureCredential {
  if (!secret.startsWith('{')) return parseBare(secret);
  const { connectionString, sasUrl } = parseJsonSecret('azure', azureSecret, secret);
  return connectionString === undefined ? parseSasUrl(sasUrl ?? '') : parseConnectionString(connectionString);
}

function parseBare(secret: string): AzureCredential {
  return /^https?:/i.test(secret) ? parseSasUrl(secret) : parseConnectionString(secret);
}

/** The path of the URL is not used: the account record says which container. */
function parseSasUrl(sasUrl: string): AzureCredential {
  const endpoint = parseBlobEndpoint(sasUrl);
  if (endpoint === undefined) throw invalidSecret('azure', [`sasUrl: expected ${blobUrl}`]);
  const { accountName, host } = endpoint;
  const sas = new URL(sasUrl).search.slice(1);
  if (!isSas(sas)) throw invalidSecret('azure', [`sasUrl: ${expectedSas}`]);
  return { type: 'azure', accountName, host, access: { sas } };
}

function parseConnectionString(connectionString: string): AzureCredential {
  const settings = readSettings(connectionString);
  const blobEndpoint = settings.get('blobendpoint');
  const endpoint = blobEndpoint === undefined ? undefined : parseBlobEndpoint(blobEndpoint);
  const accountName = settings.get('accountname') ?? endpoint?.accountName ?? '';
  const endpointSuffix =
    settings.get('endpointsuffix')?.toLowerCase() ?? endpoint?.endpointSuffix ?? defaultSuffix;
  const accountKey = settings.get('accountkey');
  const sas = settings.get('sharedaccesssignature')?.replace(/^\?/, '');
  const protocol = settings.get('defaultendpointsprotocol') ?? 'https';

  const faults: string[] = [];
  if (settings.has('usedevelopmentstorage') || settings.has('developmentstorageproxyuri'))
    faults.push('UseDevelopmentStorage: expected a storage account in Azure');
  if (protocol.toLowerCase() !== 'https') faults.push('DefaultEndpointsProtocol: expected https');
  if (!isAccountName(accountName)) faults.push('AccountName: expected 3 to 24 lower-case letters and digits');
  if (!endpointSuffixes.includes(endpointSuffix))
    faults.push(`EndpointSuffix: expected one of ${endpointSuffixes.join(', ')}`);
  if (blobEndpoint !== undefined && endpoint === undefined) faults.push(`BlobEndpoint: expected ${blobUrl}`);
  if (endpoint && (endpoint.accountName !== accountName || endpoint.endpointSuffix !== endpointSuffix))
    faults.push('BlobEndpoint: expected the host of AccountName and EndpointSuffix');
  if (accountKey === undefined && sas === undefined)
    faults.push('AccountKey: expected a key here, or a SAS in SharedAccessSignature');
  if (accountKey !== undefined && !isAccountKey(accountKey)) faults.push('AccountKey: expected base64');
  if (sas !== undefined && !isSas(sas)) faults.push(`SharedAccessSignature: ${expectedSas}`);
  if (faults.length > 0) throw invalidSecret('azure', faults);

  const access = accountKey === undefined ? { sas: sas ?? '' } : { accountKey };
  const host = endpoint?.host ?? `${accountName}.blob.${endpointSuffix}`;
  return { type: 'azure', accountName, host, access };
}

/** `Name=value;Name=value`, the names in lower case; a value may hold `=` itself. */
function readSettings(connectionString: string): Map<string, string> {
  const settings = new Map<string, string>();
  for (const setting of connectionString.split(';')) {
    const equals = setting.indexOf('=');
    if (equals > 0)
      settings.set(setting.slice(0, equals).trim().toLowerCase(), setting.slice(equals + 1).trim());
  }
  return settings;
}

interface BlobEndpoint {
  readonly accountName: string;
  /** That of the cloud, also where the host is in a DNS zone and does not end with it. */
  readonly endpointSuffix: string;
  readonly host: string;
}

/** What a URL says, if its host is one of Azure's own and nothing else of it leads elsewhere. */
function parseBlobEndpoint(text: string): BlobEndpoint | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, username, password, host } = new URL(text);
  if (protocol !== 'https:' || username !== '' || password !== '') return undefined;
  const dot = host.indexOf('.');
  const accountName = host.slice(0, dot);
  const place = host.slice(dot + 1);
  const endpointSuffix = dnsZone.test(place)
    ? defaultSuffix
    : endpointSuffixes.find(suffix => place === `blob.${suffix}`);
  if (!isAccountName(accountName) || endpointSuffix === undefined) return undefined;
  return { accountName, endpointSuffix, host };
}

function isAccountName(name: string): boolean {
  return /^[a-z0-9]{3,24}$/.test(name);
}

function isAccountKey(key: string): boolean {
  return /^[A-Za-z0-9+/]{16,}={0,2}$/.test(key);
}

const expectedSas = 'expected a query text with its signature (sig=…)';

function isSas(query: string): boolean {
  return /^[\x21-\x7e]+$/.test(query) && (new URLSearchParams(query).get('sig') ?? '') !== '';
}
