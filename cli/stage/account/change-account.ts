import type { Account } from '../../../lambdas/domain/account.ts';
import { CommandError } from '../../terminal/command-error.ts';
import { toCommandError } from '../unreachable.ts';
import { quotedId } from './account-id.ts';
import type { AccountRecord } from './account-record.ts';
import { existingRecord, type Stores } from './stores.ts';

/** A changed record, and the account parsed from it. */
export interface Change {
  readonly record: AccountRecord;
  readonly account: Account;
}

export interface Changed extends Change {
  /** The record before the change. */
  readonly before: AccountRecord;
}

/** The secret to store, and its name. */
export interface NamedSecret {
  readonly name: string;
  readonly secret: string;
}

/** Two tries are enough for two operators who change the account at the same time. */
const mostTries = 2;

/**
 * Changes an account: first its secret, if there is a new one, then its record. If somebody else changes the record
 * at the same time, the change is applied to the new record. An event is sent for what was written, even if the rest
 * fails.
 *
 * @param present the record as it was read
 * @param changeOf applies the change to a record; throws if the result is invalid. `outcome` says what has happened
 * so far
 * @throws CommandError saying what was written, if the rest cannot be
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
          `${quotedId(accountId)} is being changed by others, so this command did not change its record: try again`,
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
    `${message}\nThe record was not changed by this command, but the secret ${name} was`,
    { cause, details: { ...details, secretWritten: name } },
  );
}
