import type { Destination } from '../../../lambdas/domain/account.ts';
import { secretPrefix, secretText } from '../services/secrets.ts';

/** An account, and its differences from a typical one. */
export interface Customer {
  readonly accountId: string;
  readonly destination: Destination;
  /** How much history it is owed, in milliseconds; by default one window. */
  readonly history?: number;
  /** The duration of an upload in milliseconds. */
  readonly fileTakes?: number;
  /** Its delay after the other accounts in seconds, up to 900. */
  readonly dueAfter?: number;
}

/** 2,000 accounts: a third in one region of S3, a third in Google Cloud, the others in another region and in Azure. */
export const customers: readonly Customer[] = Array.from({ length: 2000 }, (_, number) => ({
  accountId: `account-${number}`,
  destination: destinationOf(number),
}));

function destinationOf(number: number): Destination {
  const name = `audit-${number}`;
  if (number % 3 === 0) return { type: 's3', bucket: name, region: 'eu-central-1' };
  if (number % 3 === 1) return { type: 'gcs', bucket: name };
  if (number % 6 === 2) return { type: 's3', bucket: name, region: 'us-east-1' };
  return { type: 'azure', storageAccount: 'simulated', container: name };
}

export function recordOf({ accountId, destination }: Customer) {
  const secretId = `${secretPrefix}${accountId}`;
  return { accountId, timeZone: 'UTC', status: 'active', destination, secretId };
}

export function secretsOf(all: readonly Customer[]): ReadonlyMap<string, string> {
  return new Map(
    all.map(({ accountId, destination }) => [`${secretPrefix}${accountId}`, secretText(destination, 1)]),
  );
}
