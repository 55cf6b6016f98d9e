import { z } from 'zod';
import type { Destination } from './account.ts';
import { ExportError } from './failure.ts';
import { describeFaults } from './faults.ts';

export interface S3Credential {
  readonly type: 's3';
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** What is kept of a service account: every URL in the file is discarded, the token endpoint is Google's own. */
export interface GcsCredential {
  readonly type: 'gcs';
  readonly clientEmail: string;
  readonly privateKey: string;
}

/** A storage account with its key or a SAS. The host is composed from the account and an allow-listed suffix. */
export interface AzureCredential {
  readonly type: 'azure';
  readonly accountName: string;
  /** `core.windows.net` or that of a sovereign cloud. */
  readonly endpointSuffix: string;
  readonly access: { readonly accountKey: string } | { readonly sas: string };
}

export type Credential = S3Credential | GcsCredential | AzureCredential;

const azureSuffixes = ['core.windows.net', 'core.usgovcloudapi.net', 'core.chinacloudapi.cn'] as const;

/**
 * The text of a secret as the credential of a destination (DESIGN 3.2). Hostile until checked: no host, URL or
 * configuration is taken from it other than a storage account on an allow-listed Azure domain.
 *
 * @throws ExportError `secret_invalid`, naming every fault at once and never a value
 */
export function parseSecret(type: Destination['type'], secret: string): Credential {
  if (type === 'azure') return parseAzure(secret);
  return type === 's3' ? parseS3(secret) : parseGcs(secret);
}

function parseS3(secret: string): S3Credential {
  return { type: 's3', ...validate(s3Secret, parseJson(secret, 's3'), 's3') };
}

function parseGcs(secret: string): GcsCredential {
  const { client_email, private_key } = validate(gcsSecret, parseJson(secret, 'gcs'), 'gcs');
  return { type: 'gcs', clientEmail: client_email, privateKey: private_key };
}

function parseAzure(secret: string): AzureCredential {
  const trimmed = secret.trim();
  if (!trimmed.startsWith('{')) return parseConnectionString(trimmed);
  const { connectionString, sasUrl } = validate(azureSecret, parseJson(trimmed, 'azure'), 'azure');
  if (connectionString !== undefined) return parseConnectionString(connectionString);
  return parseSasUrl(sasUrl ?? '');
}

const credentialText = z
  .string({ error: 'expected a text' })
  .min(1, 'expected a text, got an empty one')
  .max(8192, 'expected at most 8192 characters');

const s3Secret = z.object({
  accessKeyId: credentialText.regex(/^\w{16,128}$/, 'expected 16 to 128 letters and digits'),
  secretAccessKey: credentialText.regex(/^[\x21-\x7e]+$/, 'expected printable ASCII without spaces'),
  sessionToken: credentialText.regex(/^[\x21-\x7e]+$/, 'expected printable ASCII without spaces').optional(),
});

const gcsSecret = z.object({
  type: z.literal('service_account', {
    error: 'expected service_account (no other kind is taken: it could send tokens to any host)',
  }),
  client_email: credentialText.regex(/^[\w.+-]+@[\w.-]+$/, 'expected an e-mail address'),
  private_key: credentialText.regex(
    /^\s*-----BEGIN (RSA )?PRIVATE KEY-----[\w+/=\s]+-----END (RSA )?PRIVATE KEY-----\s*$/,
    'expected a PEM private key',
  ),
});

const azureSecret = z
  .object({ connectionString: credentialText.optional(), sasUrl: credentialText.optional() })
  .refine(secret => (secret.connectionString === undefined) !== (secret.sasUrl === undefined), {
    error: 'expected either connectionString or sasUrl',
  });

const storageAccountName = /^[a-z0-9]{3,24}$/;

function parseConnectionString(connectionString: string): AzureCredential {
  const settings = new Map<string, string>();
  for (const setting of connectionString.split(';')) {
    const equals = setting.indexOf('=');
    if (equals > 0)
      settings.set(setting.slice(0, equals).trim().toLowerCase(), setting.slice(equals + 1).trim());
  }
  if (settings.has('usedevelopmentstorage') || settings.has('developmentstorageproxyuri'))
    throw invalidAzure('UseDevelopmentStorage is for local development only');
  const protocol = settings.get('defaultendpointsprotocol');
  if (protocol !== undefined && protocol.toLowerCase() !== 'https')
    throw invalidAzure('DefaultEndpointsProtocol: expected https');

  const blobEndpoint = settings.get('blobendpoint');
  const host = blobEndpoint === undefined ? undefined : parseBlobHost(blobEndpoint, 'BlobEndpoint');
  const accountName = settings.get('accountname') ?? host?.accountName;
  const endpointSuffix = settings.get('endpointsuffix') ?? host?.endpointSuffix ?? azureSuffixes[0];
  if (accountName === undefined || !storageAccountName.test(accountName))
    throw invalidAzure('AccountName: expected 3 to 24 lower-case letters and digits');
  if (!isAllowedSuffix(endpointSuffix))
    throw invalidAzure(`EndpointSuffix: expected ${azureSuffixes.join(', ')}`);
  if (host !== undefined && (host.accountName !== accountName || host.endpointSuffix !== endpointSuffix))
    throw invalidAzure('BlobEndpoint: expected the host of AccountName and EndpointSuffix');

  const accountKey = settings.get('accountkey');
  const sas = settings.get('sharedaccesssignature');
  if (accountKey !== undefined)
    return azure(accountName, endpointSuffix, { accountKey: checkedKey(accountKey) });
  if (sas !== undefined) return azure(accountName, endpointSuffix, { sas: checkedSas(sas) });
  throw invalidAzure('expected AccountKey or SharedAccessSignature');
}

function parseSasUrl(sasUrl: string): AzureCredential {
  const { accountName, endpointSuffix, query } = parseBlobHost(sasUrl, 'sasUrl');
  return azure(accountName, endpointSuffix, { sas: checkedSas(query) });
}

function parseBlobHost(url: string, setting: string) {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const [, accountName, endpointSuffix] =
    /^([a-z0-9]{3,24})\.blob\.([a-z.]+)$/.exec(parsed?.hostname ?? '') ?? [];
  const plain =
    parsed?.protocol === 'https:' && parsed.port === '' && parsed.username === '' && parsed.password === '';
  if (
    !parsed ||
    !plain ||
    accountName === undefined ||
    endpointSuffix === undefined ||
    !isAllowedSuffix(endpointSuffix)
  )
    throw invalidAzure(
      `${setting}: expected https://<account>.blob.<suffix> with one of ${azureSuffixes.join(', ')}`,
    );
  return { accountName, endpointSuffix, query: parsed.search };
}

function isAllowedSuffix(suffix: string): boolean {
  return (azureSuffixes as readonly string[]).includes(suffix);
}

function checkedKey(accountKey: string): string {
  if (!/^[A-Za-z0-9+/]{16,}={0,2}$/.test(accountKey)) throw invalidAzure('AccountKey: expected base64');
  return accountKey;
}

function checkedSas(sas: string): string {
  const query = sas.replace(/^\?/, '');
  if (!/^[\x21-\x7e]+$/.test(query) || !new URLSearchParams(query).has('sig'))
    throw invalidAzure('the SAS: expected a query text with its signature (sig=…)');
  return query;
}

function azure(
  accountName: string,
  endpointSuffix: string,
  access: AzureCredential['access'],
): AzureCredential {
  return { type: 'azure', accountName, endpointSuffix, access };
}

function invalidAzure(fault: string): ExportError {
  return invalid('azure', fault);
}

const expected: Record<Destination['type'], string> = {
  s3: 'an S3 credential, {"accessKeyId", "secretAccessKey"}',
  gcs: 'a service-account file of Google Cloud as downloaded',
  azure: 'a connection string, {"connectionString"} or {"sasUrl"}',
};

function invalid(type: Destination['type'], faults: string): ExportError {
  return new ExportError('secret_invalid', `The secret is not ${expected[type]}: ${faults}`);
}

function parseJson(secret: string, type: Destination['type']): unknown {
  try {
    return JSON.parse(secret);
  } catch {
    // The parser's own message quotes the text, so it is neither passed on nor kept as the cause.
    throw invalid(type, 'expected JSON');
  }
}

function validate<T>(schema: z.ZodType<T>, value: unknown, type: Destination['type']): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(type, describeFaults(parsed.error));
}
