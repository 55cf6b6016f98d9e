import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { marshall } from '@aws-sdk/util-dynamodb';
import { parseAccount } from '../lambdas/domain/account.ts';
import { toIso } from '../lambdas/domain/instant.ts';
import type { AuditLogSource, ExporterEnvironment } from '../lambdas/environment.ts';
import { type AuditRow, fields, type LocalAccount } from './account.ts';
import type { CustomerCredentials } from './customer-credentials.ts';

const itemsPerBatch = 25;
const batchesInFlight = 4;

export interface Provisioning {
  readonly dynamodb: DynamoDBClient;
  readonly secrets: SecretsManagerClient;
  readonly environment: Pick<ExporterEnvironment, 'accountsTable' | 'auditLog'>;
  readonly credentials: CustomerCredentials;
  /** Called with the number of rows written so far. */
  onRows(written: number): void;
}

/** Writes the accounts’ secrets, rows and records, as an operator and the vendor’s product would. */
export async function provision(accounts: readonly LocalAccount[], into: Provisioning): Promise<void> {
  for (const { record } of accounts) {
    parseAccount(record);
    const { secretId, destination } = record;
    if (secretId !== undefined)
      await into.secrets.send(
        new CreateSecretCommand({
          Name: secretId,
          SecretString: into.credentials.secretOf(destination.type),
        }),
      );
  }
  await writeRows(
    accounts.flatMap(({ rows }) => rows),
    into,
  );
  for (const { record } of accounts)
    await into.dynamodb.send(
      new PutItemCommand({ TableName: into.environment.accountsTable, Item: marshalled(record) }),
    );
}

/** Writes rows into the audit log, in any order. */
export async function writeRows(
  rows: readonly AuditRow[],
  into: Pick<Provisioning, 'dynamodb' | 'onRows'> & { environment: Pick<ExporterEnvironment, 'auditLog'> },
): Promise<void> {
  const { auditLog } = into.environment;
  let next = 0;
  let written = 0;
  const writeOn = async () => {
    while (next < rows.length) {
      const batch = rows.slice(next, next + itemsPerBatch);
      next += batch.length;
      await writeBatch(
        into.dynamodb,
        auditLog.tableName,
        batch.map(row => ({ PutRequest: { Item: toItem(row, auditLog) } })),
      );
      written += batch.length;
      into.onRows(written);
    }
  };
  await Promise.all(Array.from({ length: batchesInFlight }, writeOn));
}

/** Writes up to 25 items, and retries those that were not processed. */
export async function writeBatch(
  client: DynamoDBClient,
  tableName: string,
  requests: WriteRequest[],
): Promise<void> {
  let left = requests;
  while (left.length > 0) {
    const { UnprocessedItems = {} } = await client.send(
      new BatchWriteItemCommand({ RequestItems: { [tableName]: left } }),
    );
    left = UnprocessedItems[tableName] ?? [];
  }
}

function toItem(
  row: AuditRow,
  { partitionKey, sortKey, attributes }: AuditLogSource,
): Record<string, AttributeValue> {
  const named = fields.map(field => [attributes[field], row.values[field]]);
  return marshalled({
    ...Object.fromEntries(named),
    [partitionKey]: row.accountId,
    [sortKey]: sortKeyOf(row),
  });
}

/** The sort key of the row in the audit log. */
export function sortKeyOf({ recordedAt, id }: AuditRow): string {
  return `${toIso(recordedAt)}#${id}`;
}

function marshalled(record: object): Record<string, AttributeValue> {
  return marshall(record, { removeUndefinedValues: true, allowImpreciseNumbers: true });
}
