import type { Command } from 'commander';
import { CommandError } from '../../terminal/command-error.ts';
import { credentialLook } from '../../terminal/credential-look.ts';
import { readLines, sourceName } from '../../terminal/read-lines.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { counted } from '../../terminal/wording.ts';
import { quotedId } from './account-id.ts';
import type { AccountRecord } from './account-record.ts';
import { noSuchAccount, type Stores } from './stores.ts';

export interface NamedAccounts {
  readonly from?: string;
}

/** Adds the argument and the option with which a command takes account ids. */
export function addNamedAccounts(command: Command): Command {
  return command
    .argument('[account...]', 'the accounts’ ids')
    .option(
      '--from <file>',
      'read the ids from a file, one per line, or records as "account export" writes them; - reads standard input',
    );
}

/**
 * The ids given to a command, without duplicates.
 * @throws CommandError `usage` if there are none, or a line can be no id
 */
export async function namedAccounts(
  given: readonly string[],
  { from }: NamedAccounts,
  { input }: Pick<Terminal, 'input'>,
): Promise<string[]> {
  if (given.length > 0 === (from !== undefined))
    throw new CommandError('usage', 'Which account? Give its id, or several, or --from <file>');
  if (from === undefined) return [...new Set(given)];
  const source = { path: from, input };
  const ids = (await readLines(source)).map(idIn).filter(id => id.trim() !== '');
  if (ids.length === 0) throw new CommandError('usage', `${sourceName(source)} is empty`);
  return [...new Set(ids)];
}

/** The id in a line that is an id or a record. */
function idIn(text: string, index: number): string {
  const id = recordIn(text)?.accountId ?? text;
  if (typeof id === 'string' && credentialLook(id) === undefined) return id;
  throw new CommandError(
    'usage',
    `line ${index + 1}: expected an account’s id${typeof id === 'string' ? ', but this looks like a credential' : ''}; nothing was done`,
  );
}

function recordIn(text: string): AccountRecord | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: then the line is an id, which may be any text.
    return undefined;
  }
}

/**
 * The records of these accounts, in the same order.
 * @throws CommandError `usage` naming every account that does not exist; then the command must change none
 */
export async function recordsOf(
  accountIds: readonly string[],
  stores: Stores,
): Promise<ReadonlyMap<string, AccountRecord>> {
  const known = await stores.records.readMany(accountIds);
  const [first, ...more] = accountIds.filter(accountId => !known.has(accountId));
  if (first === undefined)
    return new Map(accountIds.map(accountId => [accountId, known.get(accountId) ?? {}]));
  if (more.length === 0) throw noSuchAccount(first, stores);
  const unknown = [first, ...more];
  throw new CommandError(
    'usage',
    [
      `There are no such ${counted(unknown.length, 'account')}; nothing was done:`,
      ...unknown.map(id => `  ${quotedId(id)}`),
    ].join('\n'),
    { details: { unknown } },
  );
}
