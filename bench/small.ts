import { Command, Option } from 'commander';
import { processorsOf } from '../cli/commands/cost/export-time.ts';
import { createCpuQuota } from './measure/cpu-quota.ts';
import { machine } from './measure/machine.ts';
import { memoryOption, whole } from './measure/options.ts';
import { createPrinter } from './measure/printer.ts';
import { interleaved } from './measure/rounds.ts';
import { callTable, cpuRatio, smallTable, summariesOf } from './small/report.ts';
import { setSmallStage } from './small/stage.ts';

interface Options {
  readonly accounts: number;
  readonly windows: number;
  readonly warmUp: number;
  readonly rows: number;
  readonly rounds: number;
  readonly cpus: number | undefined;
  readonly memory: number | undefined;
  readonly only: readonly string[] | undefined;
  readonly json: boolean;
}

const ours = 'ours, S3';
const rival = 'document client + archiver, S3';
const variants = {
  [ours]: { variant: 'ours', cloud: 's3' },
  [rival]: { variant: 'document client + archiver', cloud: 's3' },
  'ours, GCS': { variant: 'ours', cloud: 'gcs' },
  'ours, Azure': { variant: 'ours', cloud: 'azure' },
} as const;
type Name = keyof typeof variants;
const names = Object.keys(variants) as Name[];

const { accounts, windows, warmUp, rows, rounds, cpus, memory, only, json } = new Command(
  'npm run bench:small --',
)
  .description(
    'Exports small windows, one per invocation, to the embedded servers. Measures processor time and calls of each export after a warm-up, for the deployed exporter and for a simple rival.',
  )
  .addOption(
    new Option('--accounts <number>', 'how many accounts, one after the other')
      .default(40)
      .argParser(whole(1, 10_000)),
  )
  .addOption(
    new Option('--windows <number>', 'measured windows of each account').default(6).argParser(whole(1, 1000)),
  )
  .addOption(
    new Option('--warm-up <number>', 'windows of each account that are exported before the measurement')
      .default(6)
      .argParser(whole(1, 1000)),
  )
  .addOption(new Option('--rows <number>', 'rows in a window').default(50).argParser(whole(0, 3000)))
  .addOption(
    new Option('--rounds <number>', 'how often each variant runs').default(5).argParser(whole(1, 1000)),
  )
  .addOption(
    new Option('--cpus <number>', 'pin the measured process to this number of processors (Linux)').argParser(
      whole(1, 1024),
    ),
  )
  .addOption(memoryOption())
  .option(
    '--only <names>',
    'run only variants whose names begin with one of these, separated by semicolons',
    text => text.split(';'),
  )
  .option('--json', 'end with one line of JSON; everything else goes to standard error', false)
  .allowExcessArguments(false)
  .parse()
  .opts<Options>();

const print = createPrinter(json);
const quota = memory === undefined ? undefined : createCpuQuota(processorsOf(memory));
const chosen = names.filter(name => only?.some(start => name.startsWith(start)) ?? true);
const runName = (name: Name, round: number) => `run-${names.indexOf(name)}-${round}`;
const stage = await setSmallStage({
  workload: { accounts, windows: warmUp + windows, rowsPerWindow: rows },
  warmUpWindows: warmUp,
  runs: chosen.flatMap(name =>
    Array.from({ length: rounds }, (_, round) => ({
      name: runName(name, round),
      cloud: variants[name].cloud,
    })),
  ),
});
try {
  const runs = await interleaved(chosen, rounds, async (name, round) => {
    const run = await stage.run(variants[name].variant, runName(name, round), { cpus, quota });
    print.line(`${name}: CPU ${((run.cpuSeconds * 1000) / run.exports).toFixed(2)} ms an export`);
    return run;
  });
  const results = summariesOf(runs);
  const ratios = { cpu: cpuRatio(runs, ours, rival) };
  print.line(`\n${smallTable(results)}\n\n${callTable(results)}\n`);
  if (memory !== undefined)
    print.line(`${memory} MB: ${processorsOf(memory).toFixed(2)} of a processor, by ${quota?.means}`);
  print.line(`ours to the rival: ${JSON.stringify(ratios)}`);
  const setting = {
    accounts,
    windows,
    warmUp,
    rows,
    rounds,
    cpus: cpus ?? null,
    memory: memory ?? null,
    quota: quota?.means ?? null,
  };
  print.result({ benchmark: 'small', machine: machine(), setting, results, ratios });
} finally {
  await stage.end();
  quota?.end();
}
