import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import type { Report } from '../report.ts';
import type { Run } from '../run.ts';
import { noSuchAccount, openStores } from './stores.ts';

const outcomes = {
  paused: 'is paused. Nothing is lost: what is due meanwhile is delivered once it is resumed.',
  active: 'is active. What was due meanwhile is delivered at its next boundary, each window its own file.',
} as const;

export function registerPauseAndResume(accounts: Command, run: Run): void {
  const register = (name: string, description: string, status: keyof typeof outcomes) =>
    accounts
      .command(name)
      .description(description)
      .argument('<account...>', 'the accounts’ ids')
      .action(run((context, accountIds: readonly string[]) => setStatus(context, accountIds, status)));
  register('pause', 'stop exporting accounts; nothing is lost', 'paused');
  register('resume', 'export paused accounts again', 'active');
}

async function setStatus(
  context: CommandContext,
  accountIds: readonly string[],
  status: keyof typeof outcomes,
): Promise<Report> {
  const stores = openStores(await context.target());
  const { records } = stores;
  const known = await records.readMany([...new Set(accountIds)]);
  const unknown = accountIds.find(accountId => !known.has(accountId));
  if (unknown !== undefined) throw noSuchAccount(unknown, stores);
  for (const accountId of known.keys())
    if (!(await records.setStatus(accountId, status))) throw noSuchAccount(accountId, stores);
  return {
    json: { accounts: [...known.keys()], status },
    lines: ({ paint }) =>
      [...known.keys()].map(accountId => `${paint('green', '✓')} ${accountId} ${outcomes[status]}`),
  };
}
