import type { Command } from 'commander';
import type { Run } from '../../run.ts';
import { actionsOption } from '../../stage/local-actions.ts';
import { wholeNumber } from '../../terminal/whole-number.ts';
import { checkActions } from './check-actions.ts';

export function registerCheckActions(actions: Command, run: Run): void {
  actions
    .command('check')
    .description(
      'check the file that says what your actions mean; with an account, also against its audit log',
    )
    .argument('[account]', 'the account whose newest audit rows are read')
    .addOption(actionsOption())
    .option('--rows <number>', 'how many of the newest rows are read', wholeNumber(1), 1000)
    .addHelpText(
      'after',
      `
Without an account it needs neither AWS nor local mode. Prints the texts of actions and no other value of a row. Exit code 1
if no rule matches an action: its events have the verb "other".

Example:
  siem-export actions check acme --stage prod --actions our-actions.json`,
    )
    .action(run(checkActions));
}
