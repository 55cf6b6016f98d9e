import { CommandError } from '../../terminal/command-error.ts';
import { printableLine } from '../../terminal/display.ts';
import { count } from '../../terminal/wording.ts';

/** What DynamoDB takes as a key, in bytes of UTF-8. An id of more characters than are allowed may stand in a table. */
const longestKey = 2048;

/**
 * Refuses an id that no table can hold, before DynamoDB does. Whether the id is one for an account is the record's.
 * @throws CommandError `usage`
 */
export function checkAccountId(accountId: string): void {
  if (accountId !== '' && Buffer.byteLength(accountId) <= longestKey) return;
  const is = accountId === '' ? 'is empty' : `has ${count([...accountId].length)}`;
  throw new CommandError('usage', `An account’s id has 1 to 128 characters: this one ${is}`);
}

/** What is allowed in an id, and hardly ever meant. */
export function idWarnings(accountId: string): string[] {
  const ends = [/^\s/u.test(accountId) && 'begins', /\s$/u.test(accountId) && 'ends'].filter(Boolean);
  return ends.length === 0
    ? []
    : [`the account’s id ${ends.join(' and ')} with a space, which is easily lost where it is copied`];
}

/** An id in a sentence: in quotes, on one line, without what would steer a terminal, and whole. */
export function quotedId(accountId: string): string {
  return printableLine(JSON.stringify(accountId));
}
