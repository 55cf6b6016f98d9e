import type { AccountRecord } from '../../../stage/account/account-record.ts';
import { addWithSecret } from '../../../stage/account/claim.ts';
import type { Stores } from '../../../stage/account/stores.ts';
import { CommandError } from '../../../terminal/command-error.ts';
import type { ImportLine } from './import-file.ts';

/** A line of an import file that has to be written. */
export interface LineToWrite extends ImportLine {
  /** The record when the file was checked; absent if the account is new. */
  readonly present: AccountRecord | undefined;
}

/**
 * Adds the account, or changes the existing one to what the line says: first its secret, then its record.
 * @throws CommandError `problem` if somebody has added or changed the account since the file was checked
 */
export async function writeLine(
  { record, secret, present }: LineToWrite,
  stores: Pick<Stores, 'records' | 'secrets' | 'announcer'>,
): Promise<void> {
  const { records, secrets, announcer } = stores;
  if (present === undefined) {
    if (await addWithSecret(record, secret, stores)) return;
    throw meanwhile('added', 'its record and its secret were not changed');
  }
  const announce = await announcer.begin();
  if (secret !== undefined) await secrets.put(String(record.secretId), secret);
  let after = present;
  try {
    if (!(await records.change(present, record)))
      throw meanwhile(
        'changed or removed',
        `its record was not changed${secret === undefined ? '' : `, but the secret ${record.secretId} is already the one of this line`}`,
      );
    after = record;
  } finally {
    await announce({ before: present, after, secretStored: secret !== undefined });
  }
}

function meanwhile(happened: string, outcome: string): CommandError {
  return new CommandError(
    'problem',
    `somebody ${happened} the account after the file was checked: ${outcome}`,
  );
}
