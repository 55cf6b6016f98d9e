import { writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { assumptions } from './fleet/assumptions.ts';
import { drawWaves } from './fleet/chart.ts';
import { costOfWave } from './fleet/cost.ts';
import { rowsOfAccounts } from './fleet/population.ts';
import { summaryOf, waveTable } from './fleet/report.ts';
import { simulateWave } from './fleet/simulate.ts';
import { machine } from './measure/machine.ts';
import { whole } from './measure/options.ts';
import { createPrinter } from './measure/printer.ts';

interface Options {
  readonly accounts: number;
  readonly concurrency: readonly number[];
  readonly chart: string | undefined;
  readonly json: boolean;
}

const { accounts, concurrency, chart, json } = new Command('npm run bench:fleet --')
  .description('Simulates the midnight wave of a fleet whose accounts all share one midnight.')
  .addOption(
    new Option('--accounts <number>', 'how many accounts').default(100_000).argParser(whole(1, 10_000_000)),
  )
  .addOption(
    new Option('--concurrency <numbers>', 'how many exporters at once, separated by commas')
      .default([50, 200, 1000])
      .argParser(text => text.split(',').map(whole(1, 1000))),
  )
  .option('--chart <file>', 'draw the waves as an SVG, too')
  .option('--json', 'end with one line of JSON; everything else goes to standard error', false)
  .allowExcessArguments(false)
  .parse()
  .opts<Options>();

const print = createPrinter(json);
const rows = rowsOfAccounts(accounts);
const sorted = rows.toSorted();
const population = {
  accounts,
  rows: rows.reduce((sum, some) => sum + some, 0),
  medianRows: sorted[Math.floor(accounts / 2)] ?? 0,
  mostRows: sorted.at(-1) ?? 0,
};
print.line(`Assumptions, times in seconds: ${JSON.stringify(assumptions, null, 2)}`);
print.line(`Population: ${JSON.stringify(population)}\n`);

const waves = concurrency.map(number => simulateWave(rows, number));
const results = waves.map(wave => summaryOf(wave, costOfWave(rows, wave)));
print.line(waveTable(results));
if (chart !== undefined) writeFileSync(chart, drawWaves(waves, results, population));
print.result({ benchmark: 'fleet', machine: machine(), assumptions, population, results });
