import { type Command, Option } from 'commander';
import { placeName, placeOf } from '../../../lambdas/domain/recipe.ts';
import type { Run } from '../../run.ts';
import { surveyFleet } from '../../stage/account/fleet.ts';
import { standingJson } from '../../stage/account/shown-standing.ts';
import { type Standing, type State, states } from '../../stage/account/standing.ts';
import type { CommandContext } from '../../stage/context.ts';
import { displayName } from '../../terminal/display.ts';
import type { Report } from '../../terminal/report.ts';
import { type Column, table } from '../../terminal/table.ts';
import { counted, localTime } from '../../terminal/wording.ts';

export function registerList(accounts: Command, run: Run): void {
  accounts
    .command('list')
    .description('list accounts with their state')
    .addOption(new Option('--state <state...>', 'only accounts in these states').choices(states))
    .action(run(listAccounts));
}

const columns: readonly Column<Standing>[] = [
  { heading: 'account', text: ({ accountId }) => displayName(accountId) },
  { heading: 'state', text: ({ state }) => state },
  { heading: 'time zone', text: ({ account }) => account?.timeZone ?? '' },
  {
    heading: 'exported through (UTC)',
    text: ({ cursor }) => (cursor ? localTime(cursor.exportedThrough, 'UTC') : '-'),
  },
  { heading: 'destination', text: ({ account }) => (account ? placeName(placeOf(account.destination)) : '') },
];

async function listAccounts(
  context: CommandContext,
  { state }: { readonly state?: State[] },
): Promise<Report> {
  const target = await context.target();
  const all = await surveyFleet(target, await target.now());
  const shown = state === undefined ? all : all.filter(standing => state.includes(standing.state));
  return {
    json: shown.map(standingJson),
    lines: terminal => [
      ...table(columns, shown, terminal),
      `${counted(shown.length, 'account')}${shown.length < all.length ? ` of ${all.length}` : ''}`,
    ],
  };
}
