import { CommandError } from '../command-error.ts';
import type { Target } from '../target/target.ts';
import { type AccountRecord, createRecordStore, type RecordStore } from './record-store.ts';
import { createSecretWriter, type SecretWriter } from './secret-writer.ts';

/** Where an operator's changes go. */
export interface Stores {
  readonly records: RecordStore;
  readonly secrets: SecretWriter;
}

export function openStores({ dynamodb, secrets, outputs }: Target): Stores {
  return {
    records: createRecordStore({ client: dynamodb, tableName: outputs.AccountsTableName }),
    secrets: createSecretWriter({
      client: secrets,
      prefix: outputs.SecretPrefix,
      kmsKeyId: outputs.EncryptionKeyArn,
    }),
  };
}

/** @throws CommandError `usage` if there is no such account */
export async function existingRecord(records: RecordStore, accountId: string): Promise<AccountRecord> {
  const record = await records.read(accountId);
  if (record !== undefined) return record;
  throw noSuchAccount(accountId);
}

export function noSuchAccount(accountId: string): CommandError {
  return new CommandError(
    'usage',
    `There is no account ${JSON.stringify(accountId)}: "siem-export account list" shows those that there are`,
  );
}
