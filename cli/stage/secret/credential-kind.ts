import type { AzureDestination, Destination } from '../../../lambdas/domain/account.ts';
import { azureSuffixes, defaultAzureCloud } from '../../../lambdas/domain/azure-cloud.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a text is that was given as a credential. */
export interface Kind {
  readonly of: Destination['type'] | undefined;
  readonly what: string;
  /** True of the form that is taken. */
  readonly right?: boolean;
  /** What to store in its place, where that is more than the form that is taken. */
  readonly instead?: string | undefined;
}

/** Which credential a JSON is, by the names in it. */
export function kindOfJson(json: Json): Kind | undefined {
  const names = new Set(Object.keys(json).map(name => name.toLowerCase().replaceAll(/[^a-z]/g, '')));
  if (names.has('accountid') && names.has('destination'))
    return { of: undefined, what: 'an account record and no credential' };
  if (json.accessKeyId !== undefined && json.secretAccessKey !== undefined)
    return { of: 's3', what: 'an access key of AWS', right: true };
  if (names.has('secretaccesskey') || names.has('awssecretaccesskey'))
    return { of: 's3', what: 'an access key of AWS under other names, as its own tools write it' };
  if (json.type === 'service_account')
    return { of: 'gcs', what: 'the key of a service account of Google Cloud', right: true };
  if (
    names.has('installed') ||
    names.has('web') ||
    names.has('clientsecret') ||
    json.type === 'authorized_user'
  )
    return { of: 'gcs', what: 'an OAuth client or the login of a person, and no service account' };
  if (/^(external_account|impersonated_service_account|gdch_service_account)/.test(String(json.type)))
    return {
      of: 'gcs',
      what: 'a configuration of Google Cloud without a key of its own (such a file could send tokens to any host)',
    };
  if (json.connectionString !== undefined || json.sasUrl !== undefined)
    return { of: 'azure', what: 'a credential of Azure', right: true };
  if (
    [...names].some(name =>
      /^(connectionstring|sasurl|sasuri|sastoken|sas|accountkey|storageaccountkey|key)$/.test(name),
    )
  )
    return { of: 'azure', what: 'a credential of Azure under other names' };
  if (names.has('tenant') || names.has('tenantid'))
    return { of: 'azure', what: 'a service principal of Microsoft Entra, which is not taken' };
  return undefined;
}

/** Which credential a text that is no JSON is, by its look. */
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
    return { of: 's3', what: 'an access key without names' };
  if (/^(AKIA|ASIA)[A-Z0-9]+$/.test(text)) return { of: 's3', what: 'the id of an access key alone' };
  if (/^[A-Za-z0-9/+]{40}$/.test(text)) return { of: 's3', what: 'a secret access key alone, by its look' };
  if (/^-----BEGIN/.test(text)) return { of: 'gcs', what: 'a key alone' };
  if (/^GOOG1?[A-Z0-9]{20,}/.test(text))
    return { of: 'gcs', what: 'an HMAC key of Google Cloud, which is not taken' };
  if (isAccountKey(text))
    return {
      of: 'azure',
      what: 'the key of a storage account alone',
      instead: connectionStringWith(destination),
    };
  if (/(^|[?&])sig=/.test(text) && !/^https?:|SharedAccessSignature\s*=/i.test(text))
    return { of: 'azure', what: 'a SAS without its URL', instead: sasUrlWith(destination) };
  if (/^Endpoint=sb:|AccountEndpoint=|^Server=/i.test(text))
    return { of: 'azure', what: 'the connection string of another service than Blob Storage' };
  if (/AccountKey\s*=|SharedAccessSignature\s*=|^https:.*[?&]sig=/is.test(text))
    return { of: 'azure', what: 'a credential of Azure', right: true };
  if (/^<(!doctype|html|\?xml)/i.test(text)) return { of: undefined, what: 'a web page' };
  if (/^[\w./\\~ -]{1,200}\.(json|csv|txt|pem|p12|key)$/i.test(text))
    return {
      of: undefined,
      what: 'the name of a file, which is stored as it is (an import has "secretFile" for names)',
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
