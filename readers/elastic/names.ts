import { createHash } from 'node:crypto';
import { encodeAccountId } from '../../lambdas/domain/object-key.ts';
import type { KitInput, Source } from '../kit.ts';

/** The names that the files of a kit share. */
export interface Names {
  /** `event.dataset`, and the middle part of the data stream. */
  readonly dataset: string;
  /** Of the ingest pipeline and of the index template. */
  readonly pipeline: string;
  readonly dataStream: string;
  /** Matches the data streams of every namespace. */
  readonly indexPattern: string;
  /** The beginning of the ids of the detection rules. */
  readonly rulePrefix: string;
  /** Differs for each account, because Filebeat keeps its progress under this id. */
  readonly inputId: string;
}

/** Accounts of one product share a data stream. Two products do not: their actions differ. */
export function namesOf({ accountId, product }: Pick<KitInput, 'accountId' | 'product'>): Names {
  const slug = slugOf(product.name);
  const pipeline = `logs-${slug}.audit`;
  return {
    dataset: `${slug}.audit`,
    pipeline,
    dataStream: `${pipeline}-default`,
    indexPattern: `${pipeline}-*`,
    rulePrefix: `siem-export-${slug}`,
    inputId: `siem-export-${encodeAccountId(accountId)}`,
  };
}

/** A data set's name has lower-case letters, digits and `_`: Elasticsearch refuses most others, and `-` divides the parts. */
function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, 60);
  // A name in another script leaves nothing. A digest keeps two such products apart.
  return slug === '' ? `saas_${createHash('sha256').update(name).digest('hex').slice(0, 8)}` : slug;
}

/** The names in Filebeat's keystore: its configuration only refers to them. */
export const secrets = {
  apiKey: 'SIEM_EXPORT_API_KEY',
  clientSecret: 'SIEM_EXPORT_CLIENT_SECRET',
} as const;

/** Where Filebeat expects the key file of the Google service account. */
export const googleKeyFile = '/etc/filebeat/siem-export-reader.json';

/** What only the customer knows. The steps of the README say where each comes from. */
export const placeholders = {
  queueUrl: 'REPLACE_WITH_QUEUE_URL',
  queueArn: 'REPLACE_WITH_QUEUE_ARN',
  projectId: 'REPLACE_WITH_PROJECT_ID',
  tenantId: 'REPLACE_WITH_TENANT_ID',
  clientId: 'REPLACE_WITH_CLIENT_ID',
  elasticsearchUrl: 'REPLACE_WITH_ELASTICSEARCH_URL',
} as const;

export type SourceOf<Type extends Source['type']> = Extract<Source, { readonly type: Type }>;
