import type { Destination } from '../../lambdas/domain/account.ts';
import type { Compression, EmptyWindows, Format } from '../../lambdas/domain/format.ts';
import type { Instant } from '../../lambdas/domain/instant.ts';
import { toIso } from '../../lambdas/domain/instant.ts';
import { encodeAccountId } from '../../lambdas/domain/object-key.ts';
import type { Reader } from '../../lambdas/domain/reader.ts';
import type { AccountRecord } from '../account.ts';

/** The role that the local STS lets the exporter assume, with this external id. */
export const sampleRole = {
  roleArn: 'arn:aws:iam::222233334444:role/audit-log-writer',
  externalId: 'siem-export:globex',
} as const;

export const sampleRegion = 'eu-central-1';

/** The one storage account of the local Azure. */
export const sampleStorageAccount = 'localmode';

interface Sample {
  readonly accountId: string;
  readonly timeZone: string;
  readonly destination: Destination;
  readonly format?: Format;
  readonly compression?: Compression;
  readonly emptyWindows?: EmptyWindows;
  readonly reader?: Reader;
}

const s3 = (bucket: string, more: { prefix?: string; roleArn?: string; externalId?: string } = {}) =>
  ({ type: 's3', bucket, region: sampleRegion, ...more }) as const;
const gcs = (bucket: string, prefix?: string) => ({ type: 'gcs', bucket, prefix }) as const;
const azure = (container: string, prefix?: string) =>
  ({ type: 'azure', storageAccount: sampleStorageAccount, container, prefix }) as const;

/** Time zones with whole, half and quarter hours, on both sides of the date line, with and without daylight saving. */
const samples: readonly Sample[] = [
  { accountId: 'acme-corp', timeZone: 'America/New_York', destination: s3('acme-audit-logs') },
  {
    accountId: 'bharat-retail',
    timeZone: 'Asia/Kolkata',
    destination: gcs('bharat-retail-siem'),
    compression: 'none',
    reader: 'splunk',
  },
  {
    accountId: 'everest-cloud',
    timeZone: 'Asia/Kathmandu',
    destination: azure('everest-audit', 'security/siem'),
    compression: 'gzip',
    reader: 'sentinel',
  },
  {
    accountId: 'globex',
    timeZone: 'Pacific/Chatham',
    destination: s3('globex-security-lake', { prefix: 'siem-export', ...sampleRole }),
    format: 'ocsf',
  },
  {
    accountId: 'Lord Howe Ærospace',
    timeZone: 'Australia/Lord_Howe',
    destination: gcs('lord-howe-aerospace', 'audit/json'),
    format: 'json',
  },
  {
    accountId: 'newfoundland-power',
    timeZone: 'America/St_Johns',
    destination: azure('newfoundland-power'),
    compression: 'none',
    emptyWindows: 'skip',
    reader: 'datadog',
  },
  {
    accountId: 'org_01JCVN8ZK4Q6T2',
    timeZone: 'UTC',
    destination: s3('initech-logs', { prefix: 'vendors/siem' }),
    compression: 'gzip',
    reader: 'qradar',
  },
  {
    accountId: '東京デザイン株式会社',
    timeZone: 'Asia/Tokyo',
    destination: gcs('tokyo-design-audit'),
    compression: 'gzip',
    emptyWindows: 'skip',
    reader: 'elastic',
  },
  {
    accountId: 'müller/söhne',
    timeZone: 'Europe/Berlin',
    destination: azure('mueller-soehne'),
    format: 'json',
    compression: 'gzip',
  },
  {
    accountId: 'saffron-🚀',
    timeZone: 'America/Sao_Paulo',
    destination: s3('saffron-rockets'),
    format: 'json',
  },
  {
    accountId: 'nile-bank',
    timeZone: 'Africa/Cairo',
    destination: gcs('nile-bank-siem', 'prod'),
    compression: 'gzip',
    reader: 'secops',
  },
  { accountId: 'pago-pago-ferries', timeZone: 'Pacific/Pago_Pago', destination: azure('ferries-audit-log') },
];

export const sampleAccountCount = samples.length;
export const mostSampleAccounts = 1000;

/** The first sample accounts. After the twelfth they repeat with new ids and folders. */
export function sampleAccounts(count: number, exportFrom: Instant, secretPrefix: string): AccountRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const sample = samples[index % samples.length] as Sample;
    const round = Math.floor(index / samples.length) + 1;
    const accountId = round === 1 ? sample.accountId : `${sample.accountId} ${round}`;
    const { destination, format = 'ndjson', compression = 'zip', ...rest } = sample;
    const byRole = destination.type === 's3' && destination.roleArn !== undefined;
    return {
      ...rest,
      accountId,
      status: 'active',
      exportFrom: toIso(exportFrom),
      destination,
      ...(byRole ? {} : { secretId: `${secretPrefix}${encodeAccountId(accountId)}` }),
      format,
      compression,
    };
  });
}
