import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { exporterRuntimeEnvironment } from '../lib/runtime-environment.ts';
import { expectedLines } from './input/lines.ts';
import { mostRows } from './input/rows.ts';
import { buildVariants } from './measure/build-variants.ts';
import type { Measured } from './measure/child.ts';
import { figureOf, ratioOf, rounded } from './measure/figures.ts';
import { machine } from './measure/machine.ts';
import { type BenchOptions, benchCommand, latencyOption } from './measure/options.ts';
import { createPrinter } from './measure/printer.ts';
import { interleaved } from './measure/rounds.ts';
import { runVariant } from './measure/run-variant.ts';
import { sdkSettings } from './measure/sdk-settings.ts';
import { table } from './measure/table.ts';
import type { ReadOutcome, ReadSettings } from './read/settings.ts';
import { startServer } from './servers/start.ts';

const ours = 'ours';
const variants = [ours, 'document client', 'low-level client', 'limit'];

const options = benchCommand(
  'read',
  'Reads a window from a loopback DynamoDB as lines of JSON, with the exporter, the two clients of the SDK and the limit.',
  { usual: 500_000, most: mostRows },
)
  .addOption(latencyOption())
  .parse()
  .opts<BenchOptions>();

const { rows, rounds, latency, cpus, json } = options;
const print = createPrinter(json);
const chosen = variants.filter(name => options.only?.includes(name) ?? true);
const expected = { bytes: 0, crc32: 0 };
for (const chunk of expectedLines(rows)) {
  expected.bytes += chunk.length;
  expected.crc32 = crc32(chunk, expected.crc32);
}
const built = buildVariants(join(import.meta.dirname, 'read', 'variants.ts'));
const server = await startServer({
  kind: 'dynamodb',
  rows,
  latencyMs: latency,
  partition: false,
  withLines: chosen.includes('limit'),
});
try {
  const { dynamodb: dynamodbEndpoint = '' } = await server.ask('endpoints');
  const runs = await interleaved(chosen, rounds, variant => runOnce(variant, dynamodbEndpoint));
  const figures = chosen.map(name => figuresOf(name, runs[name] ?? [], runs[ours] ?? []));
  const head = ['', 'rows/s', 'CPU s per M rows', 'peak RSS MB', 'time to ours', 'CPU to ours'];
  const cells = figures.map(({ name, ...values }) => [name, ...Object.values(values).map(String)]);
  print.line(`\n${table([head, ...cells])}\n`);
  const setting = { rows, rounds, latencyMs: latency, cpus: cpus ?? null };
  print.result({ benchmark: 'read', machine: machine(), setting, variants: figures });
} finally {
  server.stop();
  built.remove();
}

async function runOnce(variant: string, dynamodbEndpoint: string): Promise<Measured<ReadOutcome>> {
  const settings: ReadSettings = { dynamodbEndpoint, accountId: 'account', rows };
  const environment = { ...sdkSettings, ...(variant === ours ? exporterRuntimeEnvironment : {}) };
  const measured = await runVariant<ReadOutcome>({
    program: built.program,
    variant,
    settings,
    environment,
    cpus,
  });
  const { bytes, crc32: checksum } = measured.outcome;
  if (bytes !== expected.bytes || checksum !== expected.crc32)
    throw new Error(`${variant} read something else`);
  print.line(`${variant}: ${measured.seconds.toFixed(2)} s, CPU ${measured.cpuSeconds.toFixed(2)} s`);
  return measured;
}

/** Medians over the rounds. `timeToOurs` and `cpuToOurs` are medians of each round's ratio to our run in that round. */
function figuresOf(name: string, runs: readonly Measured<unknown>[], oursToo: readonly Measured<unknown>[]) {
  const time = (measured: readonly Measured<unknown>[]) => measured.map(({ seconds }) => seconds);
  const cpu = (measured: readonly Measured<unknown>[]) => measured.map(({ cpuSeconds }) => cpuSeconds);
  const median = (values: readonly number[]) => rounded(figureOf(values).median);
  return {
    name,
    rowsPerSecond: median(time(runs).map(seconds => rows / seconds)),
    cpuSecondsPerMillionRows: median(cpu(runs).map(seconds => (seconds / rows) * 1e6)),
    peakRssMB: median(runs.map(({ peakRssMB }) => peakRssMB)),
    timeToOurs: rounded(ratioOf(time(runs), time(oursToo)).median),
    cpuToOurs: rounded(ratioOf(cpu(runs), cpu(oursToo)).median),
  };
}
