import { createHash } from 'node:crypto';
import type { ActionNeededCode } from '../../lambdas/domain/failure.ts';
import type { Fault } from '../contract/fault-proxy.ts';
import { type Cloud, clouds, destinations } from './evidence.ts';

/** Values that are only known when the servers run. */
interface FlawSetting {
  /** Host and port of a server that no credential may ever be sent to. */
  readonly trapHost: string;
  /** A valid secret for the cloud. */
  secretOf(cloud: Cloud): string;
}

/** A fault of an account, and how it must be reported. */
interface Flaw {
  readonly flaw: string;
  readonly cloud?: Cloud;
  readonly code: ActionNeededCode;
  readonly message: RegExp;
  /** Attributes of the account's record. */
  readonly record?: Readonly<Record<string, unknown>>;
  /** `null` for none. */
  readonly secret?: string | null | ((setting: FlawSetting) => string);
  /** The cloud’s answer to every request for the account. */
  readonly answer?: Extract<Fault, { kind: 'answer' }>;
}

const { s3, gcs, azure } = destinations;
const azureKey = `AccountName=localmode;AccountKey=${createHash('sha512').update('the key that nobody may see').digest('base64')}`;

const records: readonly Flaw[] = [
  {
    flaw: 'a destination of an unknown kind',
    code: 'account_invalid',
    message: /destination\.type: expected s3, gcs or azure/,
    record: { destination: { type: 'ftp', host: 'ftp.example.com' } },
  },
  {
    flaw: 'two destinations in a list',
    code: 'account_invalid',
    message: /destination: expected exactly one destination, a map, got list/,
    record: { destination: [s3, gcs] },
  },
  {
    flaw: 'two destinations in one',
    code: 'account_invalid',
    message: /exactly one destination, got both bucket and container/,
    record: { destination: { ...s3, container: azure.container } },
  },
  {
    flaw: 'no destination, an unknown status and an unknown format, all told at once',
    code: 'account_invalid',
    message: /status: .*destination: .*format: /,
    record: { destination: undefined, status: 'on', format: 'csv' },
  },
];

const secrets: readonly Flaw[] = [
  { flaw: 'no secret', secret: null, code: 'secret_missing', message: /does not exist: create it/ },
  {
    flaw: 'a secret that is not JSON',
    secret: 'AKIA1234567890123456 wJalrXUtnFEMI/K7MDENG',
    code: 'secret_invalid',
    message: /not an S3 credential.*expected JSON/,
  },
  ...(
    [
      ['s3', 'gcs', /accessKeyId: expected/],
      ['gcs', 'azure', /expected JSON/],
      ['azure', 's3', /either connectionString or sasUrl/],
    ] as const
  ).map(([cloud, other, message]) => ({
    flaw: `a secret of ${other} for ${cloud}`,
    cloud,
    secret: ({ secretOf }: FlawSetting) => secretOf(other),
    code: 'secret_invalid' as const,
    message,
  })),
  {
    flaw: 'a GCS secret that would send tokens elsewhere',
    cloud: 'gcs',
    secret: ({ trapHost }) =>
      JSON.stringify({
        type: 'external_account',
        audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
        token_url: `https://${trapHost}/token`,
        credential_source: { url: `http://${trapHost}/latest/meta-data/` },
      }),
    code: 'secret_invalid',
    message: /type: expected service_account/,
  },
  ...[
    ({ trapHost }: FlawSetting) =>
      `DefaultEndpointsProtocol=http;${azureKey};BlobEndpoint=http://${trapHost}/localmode`,
    ({ trapHost }: FlawSetting) => `${azureKey};EndpointSuffix=${trapHost}`,
    ({ trapHost }: FlawSetting) => `UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://${trapHost}`,
    ({ trapHost }: FlawSetting) =>
      JSON.stringify({
        sasUrl: `https://${trapHost}/?sv=2024-11-04&sp=cw&sig=c2lnbmF0dXJlIG9mIG5vYm9keQ%3D%3D`,
      }),
    ({ trapHost }: FlawSetting) =>
      `https://localmode.blob.core.windows.net@${trapHost}/?sig=c2lnbmF0dXJlIG9mIG5vYm9keQ%3D%3D`,
  ].map((secret, index) => ({
    flaw: `an Azure secret that leads to another host (${index + 1})`,
    cloud: 'azure' as const,
    secret,
    code: 'secret_invalid' as const,
    message: /core\.windows\.net|in Azure/,
  })),
  {
    flaw: 'a secret that the cloud does not know',
    secret: JSON.stringify({ accessKeyId: 'AKIASTRANGER00000001', secretAccessKey: 'Zx81/'.repeat(8) }),
    code: 'credentials_rejected',
    message: /customer-logs/,
  },
];

const buckets: readonly Flaw[] = [
  ...clouds.map(cloud => ({
    flaw: `a bucket that is missing in ${cloud}`,
    cloud,
    record: {
      destination: { ...destinations[cloud], [cloud === 'azure' ? 'container' : 'bucket']: 'mistyped-logs' },
    },
    code: 'bucket_missing' as const,
    message: /mistyped-logs/,
  })),
  {
    flaw: 'a bucket that is forbidden in s3',
    cloud: 's3',
    answer: { kind: 'answer', status: 403, body: '<Error><Code>AccessDenied</Code></Error>' },
    code: 'access_denied',
    message: /customer-logs/,
  },
  {
    flaw: 'a bucket that is forbidden in gcs',
    cloud: 'gcs',
    answer: {
      kind: 'answer',
      status: 403,
      headers: { 'content-type': 'application/json' },
      body: '{"error":{"code":403,"message":"No access","errors":[{"reason":"forbidden"}]}}',
    },
    code: 'access_denied',
    message: /customer-logs/,
  },
  {
    flaw: 'a container that is forbidden in azure',
    cloud: 'azure',
    answer: {
      kind: 'answer',
      status: 403,
      headers: { 'x-ms-error-code': 'AuthorizationPermissionMismatch' },
    },
    code: 'access_denied',
    message: /customer-logs/,
  },
  {
    flaw: 'a bucket in another region',
    record: { destination: { ...s3, region: 'ap-south-1' } },
    code: 'wrong_region',
    message: /customer-logs.*eu-central-1/,
  },
];

export const flaws = [...records, ...secrets, ...buckets];
