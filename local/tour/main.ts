import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultStateFile } from '../../cli/stage/target/open-target.ts';
import { forgetCloudSettings } from '../functions/environment.ts';
import { createRecorder } from './recorder.ts';
import { tellStory } from './story.ts';
import { startWorld } from './world.ts';

const document = fileURLToPath(new URL('../../docs/operator/tour.md', import.meta.url));

const introduction = `# A tour for operators

For somebody who will operate a stage of SIEM export and has not used the command line yet. It follows one customer
from \`account add\` to \`redeliver\`. After it you can check a stack, add a customer, find out why an export fails and
repair it, and write a lost file again.

The commands and their output are real: \`npm run tour\` runs the commands in local mode, where the deployed functions
run on this machine, and writes this page. A test runs them again and fails if the output has changed. Digests and
sizes are masked (\`···\`). On a deployed stage, type \`--stage prod\` instead of \`--local\`.

To try the commands yourself, run \`npm start -- --keep\`. It starts local mode with sample accounts;
\`npx siem-export --local tick\` lets four hours pass there.`;

const ending = `## Where to go on

The [runbook](runbook.md) has a heading for each alarm, and says what to do about
[other faults and other clouds](runbook.md#failing-accounts-by-cloud). [deploy.md](deploy.md) describes deployment,
upgrade and roll-back. \`npx siem-export help\` lists all commands.`;

/** Records the tour; with `--check`, compares it with the document instead of writing it. */
async function main(check: boolean): Promise<number> {
  forgetCloudSettings(process.env);
  const folder = await mkdtemp(join(tmpdir(), 'siem-export-tour-'));
  const stateFile = join(folder, defaultStateFile);
  await mkdir(dirname(stateFile));
  const log = createWriteStream(join(folder, 'log.ndjson'));
  const world = await startWorld({ stateFile, log, ownTime: true });
  try {
    // Commands name files relative to this folder, as an operator would.
    process.chdir(folder);
    const recorder = createRecorder();
    recorder.tell(introduction);
    await tellStory(world, recorder, folder);
    recorder.tell(ending);
    const tour = recorder.markdown();
    if (!check) {
      await writeFile(document, tour);
      return 0;
    }
    return compare(tour, await readFile(document, 'utf8'));
  } finally {
    await world.close();
    log.end();
    await rm(folder, { recursive: true, force: true });
  }
}

function compare(tour: string, written: string): number {
  if (tour === written) return 0;
  const [now, then] = [tour.split('\n'), written.split('\n')];
  const line = now.findIndex((text, index) => text !== then[index]);
  console.error(
    `docs/operator/tour.md is stale: run "npm run tour". Line ${line + 1}:\n- ${then[line]}\n+ ${now[line]}`,
  );
  return 1;
}

process.exitCode = await main(process.argv.includes('--check'));
