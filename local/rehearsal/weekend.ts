import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { Destination } from '../../lambdas/domain/account.ts';
import { type Instant, toIso } from '../../lambdas/domain/instant.ts';
import { encodeAccountId } from '../../lambdas/domain/object-key.ts';
import { readExporterEnvironment } from '../../lambdas/environment.ts';
import { provision } from '../provision.ts';
import { sampleStorageAccount } from '../sample/accounts.ts';
import { sampleRows } from '../sample/rows.ts';
import { bucketRegion, buckets } from '../tour/customers.ts';
import type { RehearsalStage } from './stage.ts';

const hour = 3_600_000;
const friday = Date.parse('2026-11-20T00:00:00Z');
const at = (day: number, hourOfDay: number) => friday + (day * 24 + hourOfDay) * hour;

/** Friday morning to Monday afternoon. */
export const weekend = { start: at(0, 6), end: at(3, 14) } as const;

/** The account whose key is revoked. */
const accountId = 'acme';
const key = {
  accessKeyId: 'AKIALOCALMODE0000003',
  secretAccessKey: 'local/mode/secret/access/key/00000000003',
};

/** Four customers on each cloud, all in UTC, so that all have the same boundaries. */
export async function provisionWeekend({ world }: RehearsalStage): Promise<void> {
  const environment = readExporterEnvironment(world.resources.environments.exporter);
  const destinations: Readonly<Record<Destination['type'], (prefix: string) => Destination>> = {
    s3: prefix => ({ type: 's3', bucket: buckets.s3, region: bucketRegion, prefix }),
    gcs: prefix => ({ type: 'gcs', bucket: buckets.gcs, prefix }),
    azure: prefix => ({
      type: 'azure',
      storageAccount: sampleStorageAccount,
      container: buckets.azure,
      prefix,
    }),
  };
  const names: Readonly<Record<Destination['type'], readonly string[]>> = {
    s3: [accountId, 'hooli', 'initech', 'umbrella'],
    gcs: ['globex', 'soylent', 'stark', 'wonka'],
    azure: ['cyberdyne', 'massive', 'tyrell', 'wayne'],
  };
  const accounts = (['s3', 'gcs', 'azure'] as const).flatMap(type =>
    names[type].map(name => ({
      record: {
        accountId: name,
        timeZone: 'UTC',
        status: 'active' as const,
        exportFrom: toIso(weekend.start),
        destination: destinations[type](name),
        secretId: `${environment.secretPrefix}${encodeAccountId(name)}`,
        format: 'ndjson' as const,
        compression: 'zip' as const,
      },
      rows: sampleRows(name, 'UTC', weekend.start, weekend.start + 4 * hour),
    })),
  );
  await provision(accounts, {
    ...world.aws,
    environment,
    credentials: world.credentials,
    onRows: () => undefined,
  });
  world.accessKeys.push(key);
  await world.aws.secrets.send(
    new PutSecretValueCommand({
      SecretId: `${environment.secretPrefix}${encodeAccountId(accountId)}`,
      SecretString: JSON.stringify(key),
    }),
  );
}

export interface Happening {
  readonly at: Instant;
  readonly what: string;
  happen(stage: RehearsalStage): Promise<void> | void;
}

const retry = {
  what: 'The operator on call lets the dead letters be tried again (`retry`).',
  happen: (stage: RehearsalStage) => stage.retry(),
};

/**
 * The events in order. One failing customer of twelve is the customer’s problem; four or more are ours or a cloud’s.
 */
export const happenings: readonly Happening[] = [
  {
    at: at(0, 10),
    what: `The customer ${accountId}, one of twelve, revokes its key.`,
    happen: ({ world }) => void world.accessKeys.splice(world.accessKeys.indexOf(key), 1),
  },
  {
    at: at(1, 11),
    what: 'The vendor’s audit table throttles every read.',
    happen: stage => stage.throttle(true),
  },
  { at: at(1, 15), what: 'It has read units again.', happen: stage => stage.throttle(false) },
  { at: at(1, 17), ...retry },
  {
    at: at(2, 11),
    what: 'Google Cloud Storage, where four customers are, answers with server errors.',
    happen: stage => stage.takeDown(true),
  },
  { at: at(2, 15), what: 'It works again.', happen: stage => stage.takeDown(false) },
  { at: at(2, 17), ...retry },
  {
    at: at(3, 9),
    what: `${accountId} allows the key again.`,
    happen: ({ world }) => void world.accessKeys.push(key),
  },
];
