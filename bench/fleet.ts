import { writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { exporterMemory } from '../lib/runtime-environment.ts';
import { assumptions } from './fleet/assumptions.ts';
import { drawWaves } from './fleet/chart.ts';
import { costOfWave, pricedExports } from './fleet/cost.ts';
import { rowsOfAccounts } from './fleet/population.ts';
import { costTable, memoryChoices, summaryOf, waveTable } from './fleet/report.ts';
import { simulateWave } from './fleet/simulate.ts';
import { machine } from './measure/machine.ts';
import { whole } from './measure/options.ts';
import { createPrinter } from './measure/printer.ts';

interface Options {
  readonly accounts: number;
  readonly concurrency: readonly number[];
  readonly memory: readonly number[];
  readonly chart: string | undefined;
  readonly json: boolean;
}

const options = new Command('npm run bench:fleet --')
  .description('Simulates the wave of exports after midnight when all accounts are in one time zone.')
  .addOption(
    new Option('--accounts <number>', 'how many accounts').default(100_000).argParser(whole(1, 10_000_000)),
  )
  .addOption(
    new Option('--concurrency <numbers>', 'how many exporters run at once, separated by commas')
      .default([50, 200, 1000])
      .argParser(text => text.split(',').map(whole(1, 1000))),
  )
  .addOption(
    new Option('--memory <MBs>', 'the exporters’ memory, separated by commas; prints which to choose')
      .default([exporterMemory])
      .argParser(text => text.split(',').map(whole(128, 10_240))),
  )
  .option('--chart <file>', 'also draw the waves as an SVG')
  .option('--json', 'end with one line of JSON; everything else goes to standard error', false)
  .allowExcessArguments(false)
  .parse()
  .opts<Options>();

const { accounts, concurrency, memory, chart, json } = options;
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

const settings = concurrency.flatMap(number => memory.map(mb => ({ concurrency: number, memory: mb })));
const waves = settings.map(setting => simulateWave(rows, setting));
const results = waves.map(wave => summaryOf(wave, costOfWave(rows, wave)));
print.line(waveTable(results));
const choices = memoryChoices(results);
if (memory.length > 1)
  for (const { concurrency: number, memory: mb } of choices)
    print.line(
      `${number} exporters at once: ${mb} MB is the cheapest memory that does not delay the last file`,
    );
const costs = pricedExports(exporterMemory);
print.line(`\n${costTable(costs)}`);
if (chart !== undefined) writeFileSync(chart, drawWaves(waves, results, population));
print.result({
  benchmark: 'fleet',
  machine: machine(),
  assumptions,
  population,
  results,
  choices,
  costs,
});
