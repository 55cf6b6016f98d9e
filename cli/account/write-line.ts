import { CommandError } from '../command-error.ts';
import type { ImportLine } from './import-file.ts';
import type { Stores } from './stores.ts';

/** A line of an import file, and what is to be done about it. */
export interface LineToWrite extends ImportLine {
  /** `add`: there was no such account; `rotate`: the record is there already, the secret may be another. */
  readonly work: 'add' | 'replace' | 'rotate';
}

/**
 * Writes the secret, then the record: a record without its secret would fail at the next boundary.
 * @throws CommandError `problem` if somebody has added the account since the file was checked
 */
export async function writeLine(
  { record, account, secret, work }: LineToWrite,
  { records, secrets }: Stores,
): Promise<void> {
  // The secret has the same name whoever adds the account, so it is not written before this is seen.
  if (work === 'add' && (await records.read(account.accountId)) !== undefined)
    throw addedMeanwhile('its record and its secret are left as they are');
  if (secret !== undefined) await secrets.put(String(record.secretId), secret);
  if (work === 'rotate') return;
  if (work === 'replace' && (await records.replace(record))) return;
  // What was to be replaced is removed meanwhile.
  if (!(await records.create(record)))
    throw addedMeanwhile(
      `its record is left as it is${secret === undefined ? '' : `, but the secret ${record.secretId} is now that of this line`}`,
    );
}

function addedMeanwhile(outcome: string): CommandError {
  return new CommandError('problem', `somebody has added the account since the file was checked: ${outcome}`);
}
