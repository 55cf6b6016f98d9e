import type { Command } from 'commander';
import type { Run } from '../../run.ts';
import { existingRecord, openStores } from '../../stage/account/stores.ts';
import type { CommandContext } from '../../stage/context.ts';
import { CancelledError, confirm } from '../../terminal/ask.ts';
import { CommandError } from '../../terminal/command-error.ts';
import { displayName } from '../../terminal/display.ts';
import type { Report } from '../../terminal/report.ts';

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
    if (!(await confirm(terminal, `Remove ${displayName(accountId)}?`))) throw new CancelledError();
  }
  await records.remove(accountId);
  // A secret by another name is not of our making and may serve other accounts.
  const ownName = secrets.nameFor(accountId);
  // One that goes by role now may have had a key before.
  const own = secretId === ownName || secretId === undefined;
  const secretRemoved = own && !keepSecret && (await secrets.remove(ownName));
  return {
    json: { accountId, removed: true, secretRemoved },
    lines: ({ paint }) => [
      `${paint('green', '✓')} ${displayName(accountId)} is removed${secretRemoved ? ', with its secret' : ''}. The ledger keeps its deliveries; added again, it goes on where it stood.`,
    ],
  };
}
