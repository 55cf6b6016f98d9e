import { once } from 'node:events';
import type { AuditRow } from './account.ts';
import { deliver } from './deliver.ts';
import type { OutputFolder } from './delivery/output-folder.ts';
import { describeFirstEvents, firstEvents } from './first-events.ts';
import { inputScenario } from './input/scenario.ts';
import { describeServers } from './keep.ts';
import { startLocalCloud } from './local-cloud.ts';
import { openForOperators } from './operators.ts';
import type { LocalOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { deliveryTable, type Totals, totalsOf } from './report.ts';
import { sampleScenario } from './sample/scenario.ts';

export interface RunOptions {
  readonly options: LocalOptions;
  /** The user’s own rows; absent for sample data. */
  readonly rows: readonly AuditRow[] | undefined;
  readonly out: OutputFolder;
  readonly progress: Progress;
}

const problemsShown = 20;

/** A run of local mode, from starting the servers to the report. Returns the exit code. */
export async function run({ options, rows, out, progress }: RunOptions): Promise<0 | 1> {
  const started = performance.now();
  const { timeZone, accounts, at, days, keep, json } = options;
  const cloud = await startLocalCloud(
    ({ secretPrefix, tickMinutes }) =>
      rows === undefined
        ? sampleScenario({ accounts, from: at, days, secretPrefix, tickMinutes })
        : inputScenario(rows, timeZone, secretPrefix),
    out.log,
  );
  try {
    const { deliveries, objects, problems } = await deliver(cloud, out, progress);
    const totals = totalsOf(deliveries, problems.length, out.path);
    progress.say(`\n${deliveryTable(deliveries)}\n`);
    for (const problem of problems.slice(0, problemsShown)) progress.say(`✗ ${problem}`);
    if (problems.length > problemsShown) progress.say(`✗ and ${problems.length - problemsShown} more`);
    progress.say(`${summary(totals)}; ${((performance.now() - started) / 1000).toFixed(1)} s`);
    const records = cloud.scenario.accounts.map(({ record }) => record);
    const events = await firstEvents(records, cloud.environment.ocsf.product, objects);
    if (events.length > 0)
      progress.say(`\nThe first event in each reader, by a model of it:\n${describeFirstEvents(events)}\n`);
    progress.say(`The files are in ${out.path}, with the logs of the functions in log.ndjson.`);
    if (keep) {
      const operated = await openForOperators(cloud, out.path);
      progress.say(describeServers(cloud));
      progress.say(
        `To use the command line: npx siem-export --local --state-file ${operated.stateFile} status`,
      );
      await interrupted();
      await operated.close();
    }
    if (json) process.stdout.write(`${JSON.stringify(totals)}\n`);
    return totals.failed === 0 ? 0 : 1;
  } finally {
    await cloud.close();
  }
}

function summary({ accounts, windows, files, records, failed }: Totals): string {
  const outcome = failed === 0 ? 'each exactly once' : counted(failed, 'problem');
  const figures = [
    counted(accounts, 'account'),
    counted(windows, 'window'),
    counted(files, 'file'),
    counted(records, 'record'),
  ];
  return `${figures.join(', ')}, ${outcome}`;
}

function counted(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`;
}

async function interrupted(): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  const signals = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map(name => once(process, name, { signal }));
  await Promise.race(signals);
  // Removes the other listeners; their rejections do not matter.
  for (const waiting of signals) waiting.catch(() => undefined);
  controller.abort();
}
