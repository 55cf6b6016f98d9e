import { Command, Option } from 'commander';
import { addedGrowthOf, dispatchTable, growthOf, summaryOf } from './dispatch/report.ts';
import type { DispatchRun } from './dispatch/stage.ts';
import { setDispatchStage } from './dispatch/stage.ts';
import { machine } from './measure/machine.ts';
import { whole } from './measure/options.ts';
import { createPrinter } from './measure/printer.ts';
import { interleaved } from './measure/rounds.ts';

interface Options {
  readonly accounts: readonly number[];
  readonly rounds: number;
  readonly latency: number;
  readonly sqsLatency: number;
  readonly cpus: number | undefined;
  readonly json: boolean;
}

const mostAccounts = 10_000_000;
/** With more accounts a run takes about a minute, so only ours runs, and only once. */
const mostCompared = 100_000;
const variants = ['ours', 'scan all accounts', 'limit'];

const { accounts, rounds, latency, sqsLatency, cpus, json } = new Command('npm run bench:dispatch --')
  .description(
    'Runs one tick for each number of accounts, of which a twelfth, all, or (with the largest number) none are due. Variants: the deployed dispatcher, a rival that scans all accounts, and the limit.',
  )
  .addOption(
    new Option('--accounts <numbers>', 'how many accounts, separated by commas')
      .default([1_000, 10_000, 100_000, 1_000_000])
      .argParser(text => text.split(',').map(whole(12, mostAccounts))),
  )
  .addOption(
    new Option(
      '--rounds <number>',
      `how often each variant runs with up to ${mostCompared.toLocaleString('en')} accounts`,
    )
      .default(5)
      .argParser(whole(1, 1000)),
  )
  .addOption(
    new Option('--latency <milliseconds>', 'how long DynamoDB takes to begin an answer')
      .default(10)
      .argParser(whole(0, 10_000)),
  )
  .addOption(
    new Option('--sqs-latency <milliseconds>', 'how long SQS takes to answer')
      .default(15)
      .argParser(whole(0, 10_000)),
  )
  .addOption(
    new Option('--cpus <number>', 'pin the measured process to this number of processors (Linux)').argParser(
      whole(1, 1024),
    ),
  )
  .option('--json', 'end with one line of JSON; everything else goes to standard error', false)
  .allowExcessArguments(false)
  .parse()
  .opts<Options>();

const print = createPrinter(json);
const stage = setDispatchStage({ dynamodbMs: latency, sqsMs: sqsLatency });
const populations = accounts.flatMap(number => [
  { accounts: number, due: Math.round(number / 12) },
  { accounts: number, due: number },
]);
try {
  const results = [];
  for (const population of [...populations, { accounts: Math.max(...accounts), due: 0 }]) {
    const isCompared = population.accounts <= mostCompared;
    const runs = await interleaved<string, DispatchRun>(
      isCompared ? variants : variants.slice(0, 1),
      isCompared ? rounds : 1,
      variant => stage.run(variant, population, cpus),
    );
    const summaries = Object.entries(runs).map(([variant, of]) => summaryOf(variant, population, of));
    for (const { variant, seconds, cpuSeconds } of summaries)
      print.line(
        `${population.due} of ${population.accounts} due, ${variant}: ${seconds} s, CPU ${cpuSeconds} s`,
      );
    results.push(...summaries);
  }
  const ours = results.filter(({ variant }) => variant === 'ours');
  const due = ours.filter(({ due }) => due > 0);
  const idle = ours.find(({ due }) => due === 0);
  const growth = growthOf(due);
  const addedGrowth = idle && addedGrowthOf(due, idle);
  print.line(`\n${dispatchTable(results)}\n`);
  print.line(`Growth of ours with the due accounts, as an exponent: ${JSON.stringify(growth)}`);
  print.line(`The same without the cost of a tick with no due account: ${JSON.stringify(addedGrowth)}`);
  const setting = { accounts, rounds, latencyMs: latency, sqsLatencyMs: sqsLatency, cpus: cpus ?? null };
  print.result({ benchmark: 'dispatch', machine: machine(), setting, results, growth, addedGrowth });
} finally {
  stage.end();
}
