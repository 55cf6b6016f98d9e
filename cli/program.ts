import { Command, Option } from 'commander';
import packageFile from '../package.json' with { type: 'json' };
import { registerAdd } from './account/add.ts';
import { registerImport } from './account/import.ts';
import { registerList } from './account/list.ts';
import { registerPauseAndResume } from './account/pause.ts';
import { registerRemove } from './account/remove.ts';
import { registerShow } from './account/show.ts';
import { registerUpdate } from './account/update.ts';
import { registerCompletion } from './completion.ts';
import { registerCost } from './cost-command.ts';
import { registerDeliveries } from './deliveries.ts';
import { registerDoctor } from './doctor/doctor.ts';
import { registerExport } from './export.ts';
import { registerInspect } from './inspect/inspect.ts';
import { defaultStateFile } from './open-target.ts';
import { registerPlan } from './plan.ts';
import { registerRetry } from './queue/retry.ts';
import { registerRedeliver } from './redeliver/redeliver.ts';
import { registerRows } from './rows.ts';
import type { Run } from './run.ts';
import { registerStatus } from './status.ts';
import { registerTick } from './tick.ts';
import { registerVerify } from './verify/verify.ts';

/** The whole command line. `run` opens what a command needs and prints what it reports. */
export function createProgram(run: Run): Command {
  const program = new Command('siem-export')
    .description('Operates SIEM export: provisions accounts, verifies buckets, shows and repairs deliveries.')
    .version(packageFile.version)
    .addOption(new Option('--stage <name>', 'the deployed stage to work on').env('SIEM_EXPORT_STAGE'))
    .option('--region <region>', 'the AWS region of the stage; else that of the environment or profile')
    .option('--profile <name>', 'the AWS profile to use')
    .option('--local', 'work on local mode, which "npm start -- --keep" runs')
    .option('--state-file <file>', 'where local mode describes itself', defaultStateFile)
    .option('--json', 'print one JSON document')
    .option('--no-color', 'no colours; there are none anyway where the output is no terminal')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', exitCodesHelp)
    .showSuggestionAfterError();

  const accounts = program.command('account').description('provision accounts');
  for (const register of [
    registerAdd,
    registerUpdate,
    registerList,
    registerShow,
    registerPauseAndResume,
    registerRemove,
    registerImport,
  ])
    register(accounts, run);
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
    registerDoctor,
    registerCost,
    registerTick,
    registerCompletion,
  ])
    register(program, run);
  return program;
}

const exitCodesHelp = `
Exit codes:
  0  all is well
  1  what was looked at is wrong
  2  the command line, a file or a record is wrong; nothing was changed
  3  AWS, the stack or local mode cannot be reached, or refuses your identity
  4  a fault of this program, or what it prints cannot be written

Run it as "npx siem-export" in the folder of the release. A stage is named by --stage or SIEM_EXPORT_STAGE. Secrets are
read from files, standard input or a prompt, and are never printed.`;
