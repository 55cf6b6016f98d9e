import type { AzureDestination, Destination } from '../../../lambdas/domain/account.ts';
import { azureSuffixes, defaultAzureCloud } from '../../../lambdas/domain/azure-cloud.ts';

type Json = Readonly<Record<string, unknown>>;

/** What was given as a credential. */
export interface Kind {
  readonly of: Destination['type'] | undefined;
  readonly what: string;
  /** True if it has an accepted form. */
  readonly right?: boolean;
  /** What to store instead, if that is more than the accepted form. */
  readonly instead?: string | undefined;
}

/** Recognises a JSON credential by its keys. */
export function kindOfJson(json: Json): Kind | undefined {
  const names = new Set(Object.keys(json).map(name => name.toLowerCase().replaceAll(/[^a-z]/g, '')));
  if (names.has('accountid') && names.has('destination'))
    return { of: undefined, what: 'an account record, not a credential' };
  if (json.accessKeyId !== undefined && json.secretAccessKey !== undefined)
    return { of: 's3', what: 'an access key of AWS', right: true };
  if (names.has('secretaccesskey') || names.has('awssecretaccesskey'))
    return { of: 's3', what: 'an access key of AWS with other key names, as AWS’s own tools write it' };
  if (json.type === 'service_account')
    return { of: 'gcs', what: 'the key of a service account of Google Cloud', right: true };
  if (
    names.has('installed') ||
    names.has('web') ||
    names.has('clientsecret') ||
    json.type === 'authorized_user'
  )
    return { of: 'gcs', what: 'an OAuth client or a user’s login, not a service account' };
  if (/^(external_account|impersonated_service_account|gdch_service_account)/.test(String(json.type)))
    return {
      of: 'gcs',
      what: 'a Google Cloud configuration without a key (such a file could send tokens to any host)',
    };
  if (json.connectionString !== undefined || json.sasUrl !== undefined)
    return { of: 'azure', what: 'a credential of Azure', right: true };
  if (
    [...names].some(name =>
      /^(connectionstring|sasurl|sasuri|sastoken|sas|accountkey|storageaccountkey|key)$/.test(name),
    )
  )
    return { of: 'azure', what: 'a credential of Azure with other key names' };
  if (names.has('tenant') || names.has('tenantid'))
    return { of: 'azure', what: 'a service principal of Microsoft Entra, which is not supported' };
  return undefined;
}

/** Recognises a credential that is not JSON. */
export function kindOfText(text: string, destination: Destination): Kind | undefined {
  if (
    /^(export|set|setx|\$[Ee]nv:)\s*\w+\s*=|^[A-Z][A-Z0-9_]*_[A-Z0-9_]+\s*=/m.test(text) &&
    !/aws_/i.test(text)
  )
    return { of: undefined, what: 'a line that sets an environment variable' };
  if (/aws_(access_key_id|secret_access_key|session_token)\s*=/i.test(text))
    return { of: 's3', what: 'a credentials file or the environment variables of AWS' };
  if (/secret access key|access key id/i.test(text) && text.includes(','))
    return { of: 's3', what: "the CSV file of AWS's console" };
  if (/^(AKIA|ASIA)[A-Z0-9]+[\s,;:]+\S{40,}$/.test(text))
    return { of: 's3', what: 'an access key without key names' };
  if (/^(AKIA|ASIA)[A-Z0-9]+$/.test(text)) return { of: 's3', what: 'only the id of an access key' };
  if (/^[A-Za-z0-9/+]{40}$/.test(text)) return { of: 's3', what: 'probably only a secret access key' };
  if (/^-----BEGIN/.test(text)) return { of: 'gcs', what: 'only a private key' };
  if (/^GOOG1?[A-Z0-9]{20,}/.test(text))
    return { of: 'gcs', what: 'an HMAC key of Google Cloud, which is not supported' };
  if (isAccountKey(text))
    return {
      of: 'azure',
      what: 'only the key of a storage account',
      instead: connectionStringWith(destination),
    };
  if (/(^|[?&])sig=/.test(text) && !/^https?:|SharedAccessSignature\s*=/i.test(text))
    return { of: 'azure', what: 'a SAS without its URL', instead: sasUrlWith(destination) };
  if (/^Endpoint=sb:|AccountEndpoint=|^Server=/i.test(text))
    return { of: 'azure', what: 'a connection string for a service other than Blob Storage' };
  if (/AccountKey\s*=|SharedAccessSignature\s*=|^https:.*[?&]sig=/is.test(text))
    return { of: 'azure', what: 'a credential of Azure', right: true };
  if (/^<(!doctype|html|\?xml)/i.test(text)) return { of: undefined, what: 'a web page' };
  if (/^[\w./\\~ -]{1,200}\.(json|csv|txt|pem|p12|key)$/i.test(text))
    return {
      of: undefined,
      what: 'the name of a file, not its content (in an import, use "secretFile" for a name)',
    };
  return undefined;
}

function sasUrlWith(destination: Destination): string | undefined {
  if (destination.type !== 'azure') return undefined;
  return `{"sasUrl": "https://${hostOf(destination)}/${destination.container}?<the SAS>"}`;
}

function connectionStringWith(destination: Destination): string | undefined {
  if (destination.type !== 'azure') return undefined;
  const { storageAccount, cloud = defaultAzureCloud } = destination;
  return `DefaultEndpointsProtocol=https;AccountName=${storageAccount};AccountKey=<the key>;EndpointSuffix=${azureSuffixes[cloud]}`;
}

function hostOf({ storageAccount, cloud = defaultAzureCloud }: AzureDestination): string {
  return `${storageAccount}.blob.${azureSuffixes[cloud]}`;
}

export function isAccountKey(text: string): boolean {
  return /^[A-Za-z0-9+/]{86}==$/.test(text);
}
