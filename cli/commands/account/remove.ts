import type { Command } from 'commander';
import type { Run } from '../../run.ts';
import {
  addNamedAccounts,
  type NamedAccounts,
  namedAccounts,
  recordsOf,
} from '../../stage/account/named-accounts.ts';
import { openStores } from '../../stage/account/stores.ts';
import type { CommandContext } from '../../stage/context.ts';
import { workThrough } from '../../stage/work.ts';
import { CancelledError, confirm } from '../../terminal/ask.ts';
import { CommandError } from '../../terminal/command-error.ts';
import { displayName } from '../../terminal/display.ts';
import type { Report } from '../../terminal/report.ts';
import { count, counted } from '../../terminal/wording.ts';

interface RemoveOptions extends NamedAccounts {
  readonly yes?: boolean;
  readonly keepSecret?: boolean;
}

const atOnce = 16;
/** The question names this many accounts. */
const namedAtMost = 5;

export function registerRemove(accounts: Command, run: Run): void {
  addNamedAccounts(accounts.command('remove'))
    .description('remove accounts and their secrets; the ledger keeps what was delivered')
    .option('--yes', 'do not ask')
    .option('--keep-secret', 'leave the secrets in Secrets Manager')
    .action(run(removeAccounts));
}

async function removeAccounts(
  { terminal, target }: CommandContext,
  given: readonly string[],
  options: RemoveOptions,
): Promise<Report> {
  const accountIds = await namedAccounts(given, options, terminal);
  const stores = openStores(await target());
  const { records, secrets } = stores;
  const known = await recordsOf(accountIds, stores);
  if (!options.yes) {
    if (!terminal.interactive) throw new CommandError('usage', 'Give --yes: there is no terminal to ask on');
    if (!(await confirm(terminal, `Remove ${named(accountIds)}?`))) throw new CancelledError();
  }
  const removed = new Map<string, boolean>();
  const announce = await stores.announcer.begin();
  await workThrough([...known], {
    atOnce,
    terminal,
    what: 'accounts are removed',
    again: 'run the command again with the other accounts',
    async each([accountId, record]) {
      await records.remove(accountId);
      await announce({ before: record });
      // Only the secret with the account’s own name is removed: another one may serve other accounts.
      const ownName = secrets.nameFor(accountId);
      // An account that uses a role now may have had a key before.
      const own = record.secretId === ownName || record.secretId === undefined;
      removed.set(accountId, own && !options.keepSecret && (await secrets.remove(ownName)));
    },
  });
  return {
    json: {
      accounts: accountIds.map(accountId => ({ accountId, secretRemoved: removed.get(accountId) === true })),
    },
    lines: ({ paint }) =>
      accountIds.map(
        accountId =>
          `${paint('green', '✓')} ${displayName(accountId)} is removed${removed.get(accountId) ? ', with its secret' : ''}. The ledger keeps its deliveries: if it is added again, its export continues where it stopped.`,
      ),
  };
}

function named(accountIds: readonly string[]): string {
  const names = accountIds
    .slice(0, namedAtMost)
    .map(accountId => displayName(accountId))
    .join(', ');
  if (accountIds.length === 1) return names;
  const more = accountIds.length - namedAtMost;
  return `${counted(accountIds.length, 'account')}, ${names}${more > 0 ? ` and ${count(more)} more` : ''}`;
}
