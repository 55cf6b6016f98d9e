import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildFunctions } from '../../lib/build-functions.ts';
import { forgetCloudSettings } from '../../local/functions/environment.ts';
import { describeReport } from './chaos-report.ts';
import { runChaos } from './run-chaos.ts';

const usage = 'usage: npm run chaos -- [--minutes M] [--seed S] [--json]';
const problemsShown = 30;

async function main(): Promise<number> {
  const options = readOptions();
  if (options === undefined) {
    console.error(usage);
    return 2;
  }
  forgetCloudSettings(process.env);
  const { minutes, seed, json } = options;
  const say = json ? console.error : console.log;
  const folder = mkdtempSync(join(tmpdir(), 'siem-export-chaos-'));
  const { exporter: bundle } = buildFunctions({ outputFolder: join(folder, 'dist') });
  const logFile = join(folder, 'exporters.log');
  const log = createWriteStream(logFile);
  say(`${minutes} minutes of chaos with the seed ${seed}`);
  const started = performance.now();
  const report = await runChaos({ duration: minutes * 60_000, seed, bundle, log, say });
  await new Promise<void>(done => log.end(done));
  const seconds = Math.round((performance.now() - started) / 1000);

  say(describeReport(report));
  for (const problem of report.problems.slice(0, problemsShown)) say(`✗ ${problem}`);
  const satisfied = report.problems.length === 0;
  say(
    satisfied
      ? `The oracle is satisfied: every row is in exactly one object; ${seconds} s`
      : `${report.problems.length} problems; the exporters' output is in ${logFile}; again with --seed ${seed}`,
  );
  if (satisfied) rmSync(folder, { recursive: true });
  if (json) console.log(JSON.stringify({ seed, seconds, satisfied, ...report }));
  return satisfied ? 0 : 1;
}

function readOptions(): { minutes: number; seed: string; json: boolean } | undefined {
  try {
    const { values } = parseArgs({
      options: { minutes: { type: 'string' }, seed: { type: 'string' }, json: { type: 'boolean' } },
    });
    const minutes = Number(values.minutes ?? 3);
    if (!(minutes > 0)) return undefined;
    return { minutes, seed: values.seed ?? String(Date.now() % 1_000_000), json: values.json === true };
  } catch (thrown) {
    console.error(String(thrown));
    return undefined;
  }
}

process.exitCode = await main();
