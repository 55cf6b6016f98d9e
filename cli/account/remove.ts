import type { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import type { CommandContext } from '../context.ts';
import type { Report } from '../report.ts';
import type { Run } from '../run.ts';
import { CancelledError, confirm } from './ask.ts';
import { existingRecord, openStores } from './stores.ts';

interface RemoveOptions {
  readonly yes?: boolean;
  readonly keepSecret?: boolean;
}

export function registerRemove(accounts: Command, run: Run): void {
  accounts
    .command('remove')
    .description('remove an account and its secret; the ledger keeps what was delivered')
    .argument('<account>', 'the account’s id')
    .option('--yes', 'do not ask')
    .option('--keep-secret', 'leave the secret in Secrets Manager')
    .action(run(removeAccount));
}

async function removeAccount(
  context: CommandContext,
  accountId: string,
  { yes, keepSecret }: RemoveOptions,
): Promise<Report> {
  const { terminal } = context;
  const stores = openStores(await context.target());
  const { records, secrets } = stores;
  const { secretId } = await existingRecord(stores, accountId);
  if (!yes) {
    if (!terminal.interactive) throw new CommandError('usage', 'Give --yes: there is nobody to ask');
    if (!(await confirm(terminal, `Remove ${accountId}?`))) throw new CancelledError();
  }
  await records.remove(accountId);
  // A secret by another name is not of our making and may serve other accounts.
  const own = secretId === secrets.nameFor(accountId);
  const secretRemoved = own && !keepSecret;
  if (secretRemoved) await secrets.remove(secrets.nameFor(accountId));
  return {
    json: { accountId, removed: true, secretRemoved },
    lines: ({ paint }) => [
      `${paint('green', '✓')} ${accountId} is removed${secretRemoved ? ', with its secret' : ''}. The ledger keeps its deliveries; added again, it goes on where it stood.`,
    ],
  };
}
