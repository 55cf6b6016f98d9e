import * as z from 'zod';
import { invalidSecret, parseJsonSecret, secretValue } from './secret-text.ts';

/** A storage account with its key or a SAS. The host is composed from the account and an allow-listed suffix. */
export interface AzureCredential {
  readonly type: 'azure';
  readonly accountName: string;
  /** `core.windows.net` or that of a sovereign cloud. */
  readonly endpointSuffix: string;
  readonly access: { readonly accountKey: string } | { readonly sas: string };
}

/** Azure itself and its sovereign clouds: no other host ever sees a request. */
const endpointSuffixes: readonly string[] = [
  'core.windows.net',
  'core.usgovcloudapi.net',
  'core.chinacloudapi.cn',
];
const defaultSuffix = 'core.windows.net';

const blobUrl = `https://<account>.blob.<suffix> with one of the suffixes ${endpointSuffixes.join(', ')}`;

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
  const host = parseBlobHost(sasUrl);
  if (host === undefined) throw invalidSecret('azure', [`sasUrl: expected ${blobUrl}`]);
  const sas = new URL(sasUrl).search.slice(1);
  if (!isSas(sas)) throw invalidSecret('azure', [`sasUrl: ${expectedSas}`]);
  return { type: 'azure', ...host, access: { sas } };
}

function parseConnectionString(connectionString: string): AzureCredential {
  const settings = readSettings(connectionString);
  const blobEndpoint = settings.get('blobendpoint');
  const host = blobEndpoint === undefined ? undefined : parseBlobHost(blobEndpoint);
  const accountName = settings.get('accountname') ?? host?.accountName ?? '';
  const endpointSuffix =
    settings.get('endpointsuffix')?.toLowerCase() ?? host?.endpointSuffix ?? defaultSuffix;
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
  if (blobEndpoint !== undefined && host === undefined) faults.push(`BlobEndpoint: expected ${blobUrl}`);
  if (host !== undefined && (host.accountName !== accountName || host.endpointSuffix !== endpointSuffix))
    faults.push('BlobEndpoint: expected the host of AccountName and EndpointSuffix');
  if (accountKey === undefined && sas === undefined)
    faults.push('AccountKey: expected a key here, or a SAS in SharedAccessSignature');
  if (accountKey !== undefined && !isAccountKey(accountKey)) faults.push('AccountKey: expected base64');
  if (sas !== undefined && !isSas(sas)) faults.push(`SharedAccessSignature: ${expectedSas}`);
  if (faults.length > 0) throw invalidSecret('azure', faults);

  const access = accountKey === undefined ? { sas: sas ?? '' } : { accountKey };
  return { type: 'azure', accountName, endpointSuffix, access };
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

/** The account and suffix of a URL, if its host is one of Azure's own and nothing else of it leads elsewhere. */
function parseBlobHost(text: string): { accountName: string; endpointSuffix: string } | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const [, accountName, endpointSuffix] = /^([a-z0-9]+)\.blob\.(.+)$/.exec(url.host) ?? [];
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') return undefined;
  if (accountName === undefined || endpointSuffix === undefined) return undefined;
  if (!isAccountName(accountName) || !endpointSuffixes.includes(endpointSuffix)) return undefined;
  return { accountName, endpointSuffix };
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
