import type { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import type { CommandContext } from '../context.ts';
import type { Report } from '../report.ts';
import type { Run } from '../run.ts';
import { shellWord } from '../shell-word.ts';
import { checkRecord, checkSecret } from './check-record.ts';
import { readSecretFile } from './read-secret.ts';
import { addRecordOptions, type RecordOptions, withOptions } from './record-options.ts';
import { existingRecord, noSuchAccount, openStores } from './stores.ts';

export function registerUpdate(accounts: Command, run: Run): void {
  addRecordOptions(accounts.command('update'))
    .description('change an account’s record or rotate its secret; an empty value takes an attribute out')
    .argument('<account>', 'the account’s id')
    .addHelpText(
      'after',
      `
Examples:
  siem-export account update acme --stage prod --bucket-region eu-central-1
  siem-export account update acme --stage prod --secret-file new-key.json
  siem-export account update acme --stage prod --prefix ''`,
    )
    .action(run(updateAccount));
}

async function updateAccount(
  context: CommandContext,
  accountId: string,
  options: RecordOptions,
): Promise<Report> {
  if (Object.keys(options).length === 0)
    throw new CommandError('usage', 'Nothing to change: give at least one option, see --help');
  const stores = openStores(await context.target());
  const { records, secrets, command } = stores;
  const present = await existingRecord(stores, accountId);
  const changes = withOptions(present, options);
  const secret =
    options.secretFile === undefined ? undefined : await readSecretFile(options.secretFile, context.terminal);
  const secretId = options.secretId || (changes.secretId ?? secrets.nameFor(accountId));
  const record = secret === undefined ? changes : { ...changes, secretId };
  const account = checkRecord(record);
  if (secret !== undefined) {
    checkSecret(account, secret);
    await secrets.put(String(secretId), secret);
  }
  if (!(await records.replace(record))) throw noSuchAccount(accountId, stores);

  const changed = [...new Set([...Object.keys(present), ...Object.keys(record)])].filter(
    name => JSON.stringify(present[name]) !== JSON.stringify(record[name]),
  );
  if (secret !== undefined) changed.push('secret');
  return {
    json: { record, changed },
    lines: ({ paint }) => [
      `${paint('green', '✓')} ${accountId}: ${changed.length === 0 ? 'nothing is different' : `changed ${changed.join(', ')}`}.`,
      `  Next: ${command} verify ${shellWord(accountId)}`,
    ],
  };
}
