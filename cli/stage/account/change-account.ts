import type { Account } from '../../../lambdas/domain/account.ts';
import { CommandError } from '../../terminal/command-error.ts';
import { toCommandError } from '../unreachable.ts';
import { quotedId } from './account-id.ts';
import type { AccountRecord } from './account-record.ts';
import { existingRecord, type Stores } from './stores.ts';

/** What becomes of a record, checked. */
export interface Change {
  readonly record: AccountRecord;
  readonly account: Account;
}

export interface Changed extends Change {
  /** The record that was there. */
  readonly before: AccountRecord;
}

/** What is to be stored beside the record, and where. */
export interface NamedSecret {
  readonly name: string;
  readonly secret: string;
}

/** Once more than it takes for two who change the same account at once. */
const mostTries = 2;

/**
 * Changes an account: its secret, if there is a new one, then its record. If somebody else changes the record at the
 * same time, the same is made of the record as that person left it. What is written is announced, also if the rest fails.
 *
 * @param present the record as it was read
 * @param changeOf what is to be made of a record; throws if it would not be in order, saying what was done by then
 * @throws CommandError saying what was written already, if the rest cannot be
 */
export async function changeAccount(
  present: AccountRecord,
  changeOf: (record: AccountRecord, outcome?: string) => Change,
  secret: NamedSecret | undefined,
  stores: Stores,
): Promise<Changed> {
  const accountId = String(present.accountId);
  let before = present;
  let change = changeOf(before);
  const announce = await stores.announcer.begin();
  if (secret !== undefined) await stores.secrets.put(secret.name, secret.secret);
  let after: AccountRecord | undefined;
  try {
    for (let tries = 1; !(await stores.records.change(before, change.record)); tries++) {
      if (tries === mostTries)
        throw new CommandError(
          'problem',
          `Others change ${quotedId(accountId)} at the same time, so its record is left as they made it: try again`,
        );
      before = await existingRecord(stores, accountId);
      change = changeOf(before, 'somebody else has just changed it');
    }
    after = change.record;
    return { before, ...change };
  } catch (thrown) {
    throw secret === undefined ? thrown : halfDone(thrown, secret);
  } finally {
    await announce({ before, after: after ?? before, secretStored: secret !== undefined });
  }
}

function halfDone(thrown: unknown, { name }: NamedSecret): CommandError {
  const { code, message, cause, details } = toCommandError(thrown);
  return new CommandError(
    code === 'usage' ? 'problem' : code,
    `${message}\nThe record was not changed by this command, but the secret ${name} is already the new one`,
    { cause, details: { ...details, secretWritten: name } },
  );
}
