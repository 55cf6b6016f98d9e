import { OutputFolderError, openOutputFolder } from './delivery/output-folder.ts';
import { forgetCloudSettings } from './functions/environment.ts';
import { InputError, readRows } from './input/read-rows.ts';
import { type LocalOptions, readOptions } from './options.ts';
import { endWithParent } from './parent.ts';
import { createProgress, type Progress } from './progress.ts';

const wrongUsage = 2;

async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  if ('exitCode' in options) return options.exitCode;
  endWithParent();
  forgetCloudSettings(process.env);
  const progress = createProgress(options.json ? process.stderr : process.stdout);
  try {
    return await start(options, progress);
  } catch (thrown) {
    progress.end();
    if (!(thrown instanceof InputError || thrown instanceof OutputFolderError)) throw thrown;
    console.error(thrown.message);
    return wrongUsage;
  }
}

async function start(options: LocalOptions, progress: Progress): Promise<number> {
  const rows = options.input === undefined ? undefined : await readRows(options.input);
  const out = await openOutputFolder(options.out);
  try {
    progress.say('Starting the servers, with the stack’s tables and queues (settle time: none)');
    if (options.rehearse) {
      const { rehearse } = await import('./rehearsal/rehearse.ts');
      return await rehearse(out, progress);
    }
    // Imported late: the CDK, the SDKs and the servers take a second to load, and a wrong option should be reported
    // at once.
    const { run } = await import('./run.ts');
    return await run({ options, rows, out, progress });
  } finally {
    await out.close();
  }
}

process.exitCode = await main(process.argv.slice(2));
