import { Argument, type Command, Option } from 'commander';
import { cloud } from '../../../lambdas/domain/destination.ts';
import { type KitReader, kitReaders } from '../../../lambdas/domain/reader.ts';
import type { Run } from '../../run.ts';
import { actionsOption } from '../../stage/local-actions.ts';
import { type ReaderOptions, writeKit } from './write-kit.ts';

export function registerReader(program: Command, run: Run): void {
  program
    .command('reader')
    .description(
      'write the kit of a reader: the files that the customer’s team applies to read an account’s files',
    )
    .addArgument(new Argument('<reader>', 'the product that reads the files').choices(kitReaders))
    .argument('[account]', 'the account’s id; without it the kit has placeholders')
    .requiredOption('--out <folder>', 'the folder to write, a new or an empty one')
    .addOption(
      new Option('--destination <cloud>', 'without an account: where the files are').choices(cloud.options),
    )
    .addOption(actionsOption())
    .addHelpText(
      'after',
      `
A kit has no secret, and the README.md in it says what to do with its files. Without an account it needs neither AWS nor
local mode.

Examples:
  siem-export reader splunk acme --stage prod --out acme-splunk
  siem-export reader sentinel --destination azure --out sentinel-kit`,
    )
    .action(
      run((context, reader: KitReader, accountId: string | undefined, options: ReaderOptions) =>
        writeKit(context, reader, accountId, options),
      ),
    );
}
