import { CommandError } from '../../terminal/command-error.ts';
import { createSecretWriter, type SecretWriter } from '../secret/secret-writer.ts';
import type { Target } from '../target/target.ts';
import type { Announcer } from './account-changes.ts';
import { quotedId } from './account-id.ts';
import type { AccountRecord } from './account-record.ts';
import { createRecordStore, type RecordStore } from './record-store.ts';

/** The stores that operators change: account records and secrets. */
export interface Stores {
  readonly records: RecordStore;
  readonly secrets: SecretWriter;
  readonly announcer: Announcer;
  /** The beginning of commands for the stage. */
  readonly command: string;
}

export function openStores(target: Target): Stores {
  const { dynamodb, secrets, announcer, outputs, command } = target;
  return {
    command,
    announcer,
    records: createRecordStore({ client: dynamodb, tableName: outputs.AccountsTableName }),
    secrets: createSecretWriter({
      client: secrets,
      prefix: outputs.SecretPrefix,
      kmsKeyId: outputs.EncryptionKeyArn,
    }),
  };
}

/** @throws CommandError `usage` if there is no such account, or its id is invalid */
export async function existingRecord(stores: Stores, accountId: string): Promise<AccountRecord> {
  const record = await stores.records.read(accountId);
  if (record !== undefined) return record;
  throw noSuchAccount(accountId, stores);
}

export function noSuchAccount(accountId: string, { command }: Pick<Stores, 'command'>): CommandError {
  return new CommandError(
    'usage',
    `There is no account ${quotedId(accountId)}: "${command} account list" shows all`,
    { details: { unknown: [accountId] } },
  );
}
