import { Command, Help, Option } from 'commander';
import packageFile from '../package.json' with { type: 'json' };
import { registerAdd } from './commands/account/add/add.ts';
import { registerExportRecords } from './commands/account/export.ts';
import { registerImport } from './commands/account/import/import.ts';
import { registerList } from './commands/account/list.ts';
import { registerPauseAndResume } from './commands/account/pause.ts';
import { registerRemove } from './commands/account/remove.ts';
import { registerShow } from './commands/account/show/show.ts';
import { registerUpdate } from './commands/account/update.ts';
import { registerCheckActions } from './commands/actions/check.ts';
import { registerCompletion } from './commands/completion.ts';
import { registerCost } from './commands/cost/cost.ts';
import { registerDeliveries } from './commands/deliveries.ts';
import { registerDoctor } from './commands/doctor/doctor.ts';
import { registerExport } from './commands/export.ts';
import { registerHelp } from './commands/help.ts';
import { registerInspect } from './commands/inspect/inspect.ts';
import { registerPlan } from './commands/plan.ts';
import { registerReader } from './commands/reader/reader.ts';
import { registerRedeliver } from './commands/redeliver/redeliver.ts';
import { registerRetry } from './commands/retry.ts';
import { registerRows } from './commands/rows.ts';
import { registerStatus } from './commands/status.ts';
import { registerTick } from './commands/tick.ts';
import { registerVerify } from './commands/verify/verify.ts';
import type { Run } from './run.ts';
import { defaultStateFile } from './stage/target/open-target.ts';
import { wholeNumber } from './terminal/whole-number.ts';

/** The whole command line. `run` opens what a command needs and prints its report. */
export function createProgram(run: Run): Command {
  const program = new Command('siem-export')
    .description('Operates SIEM export: manages accounts, verifies buckets, shows and repairs deliveries.')
    .version(packageFile.version)
    .addOption(new Option('--stage <name>', 'the deployed stage to work on').env('SIEM_EXPORT_STAGE'))
    .option('--region <region>', 'the AWS region of the stage; by default that of the environment or profile')
    .option('--profile <name>', 'the AWS profile to use')
    .option('--local', 'work on local mode, which "npm start -- --keep" starts')
    .option('--state-file <file>', 'the state file of local mode', defaultStateFile)
    .option('--json', 'print one JSON document, as docs/operator/cli.md describes it')
    .option('--columns <number>', 'the width of the output; by default that of the terminal', wholeNumber(20))
    .option('--no-color', 'print no colours; without a terminal there are none anyway')
    .configureHelp({ showGlobalOptions: true, formatItem })
    .helpCommand(false)
    .addHelpText('after', exitCodesHelp)
    .showSuggestionAfterError();

  const accounts = program.command('account').description('manage accounts');
  for (const register of [
    registerAdd,
    registerUpdate,
    registerList,
    registerShow,
    registerPauseAndResume,
    registerRemove,
    registerImport,
    registerExportRecords,
  ])
    register(accounts, run);
  registerCheckActions(
    program.command('actions').description('check the file that says what your actions mean'),
    run,
  );
  for (const register of [
    registerVerify,
    registerStatus,
    registerDeliveries,
    registerPlan,
    registerExport,
    registerRows,
    registerRedeliver,
    registerRetry,
    registerInspect,
    registerReader,
    registerDoctor,
    registerCost,
    registerTick,
    registerCompletion,
    registerHelp,
  ])
    register(program, run);
  return program;
}

/** If fewer columns remain for a description, it is printed below its term. */
const narrowestDescription = 30;

function formatItem(this: Help, term: string, width: number, description: string, help: Help): string {
  const columns = this.helpWidth ?? Number.POSITIVE_INFINITY;
  if (description !== '' && columns - width < narrowestDescription + 4)
    return `  ${term}\n      ${description}`;
  return Help.prototype.formatItem.call(this, term, width, description, help);
}

const exitCodesHelp = `
Exit codes:
  0  success, no problem found
  1  a problem was found
  2  the command line, a file or a record is invalid; nothing was changed
  3  AWS, the stack or local mode cannot be reached, or denies you access
  4  a bug in this program, or its output could not be written
  130  interrupted; long work prints what is done, and a second Ctrl-C ends it at once

Run it as "npx siem-export" in the folder of the release. Select a stage with --stage or SIEM_EXPORT_STAGE. Secrets are read
from files, standard input or a prompt, and are never printed.`;
