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

const document = fileURLToPath(new URL('../../docs/operator-tour.md', import.meta.url));

const introduction = `# A tour for operators

What an operator does in the first days, and what the terminal shows: the real commands against local mode, where the
deployed functions run unchanged. Written by \`npm run tour\`; a test runs it again, so that it cannot go stale.
Instants, digests and sizes that differ from run to run are masked. On a deployed stage, \`--stage prod\` stands in
the place of \`--local\`.

\`npm start -- --keep\` starts such a local mode with sample accounts, for a tour of your own; time passes there with
\`npx siem-export --local tick\`.`;

/** Records the tour; with \`--check\` it is compared with the document and not written. */
async function main(check: boolean): Promise<number> {
  forgetCloudSettings(process.env);
  const folder = await mkdtemp(join(tmpdir(), 'siem-export-tour-'));
  const stateFile = join(folder, defaultStateFile);
  await mkdir(dirname(stateFile));
  const log = createWriteStream(join(folder, 'log.ndjson'));
  const world = await startWorld({ stateFile, log, ownTime: true });
  try {
    // Files are named as the operator sees them, in the folder of the tour.
    process.chdir(folder);
    const recorder = createRecorder();
    recorder.tell(introduction);
    await tellStory(world, recorder, folder);
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
    `docs/operator-tour.md is stale: run "npm run tour". Line ${line + 1}:\n- ${then[line]}\n+ ${now[line]}`,
  );
  return 1;
}

process.exitCode = await main(process.argv.includes('--check'));
