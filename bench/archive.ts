import { join } from 'node:path';
import type { ArchiveOutcome, ArchiveSettings } from './archive/settings.ts';
import { contentOf, expectedLines } from './input/lines.ts';
import { buildVariants } from './measure/build-variants.ts';
import type { Measured } from './measure/child.ts';
import { figureOf, ratioOf, rounded } from './measure/figures.ts';
import { machine } from './measure/machine.ts';
import { type BenchOptions, benchCommand, whole } from './measure/options.ts';
import { createPrinter } from './measure/printer.ts';
import { interleaved } from './measure/rounds.ts';
import { runVariant } from './measure/run-variant.ts';
import { table } from './measure/table.ts';

const ours = 'ours';
const variants = [ours, 'fflate', 'archiver', 'yazl', 'jszip', 'zip-stream', 'bare zlib'];

const options = benchCommand(
  'archive',
  'Packs lines of JSON into a zip, as the exporter, several libraries and bare zlib do, at the same level.',
  { usual: 500_000, most: 1_000_000 },
)
  .option('--level <number>', 'compression level, 1 to 9', whole(1, 9), 6)
  .parse()
  .opts<BenchOptions & { readonly level: number }>();

const { rows, rounds, cpus, level, json } = options;
const print = createPrinter(json);
const chosen = variants.filter(name => options.only?.includes(name) ?? true);
const expected = await contentOf(expectedLines(rows));
const built = buildVariants(join(import.meta.dirname, 'archive', 'variants.ts'));
try {
  const runs = await interleaved(chosen, rounds, runOnce);
  const figures = chosen.map(name => figuresOf(name, runs[name] ?? [], runs[ours] ?? []));
  const head = ['', 'MB/s', 'CPU s per GB', 'peak RSS MB', 'ratio', 'time to ours', 'CPU to ours'];
  const cells = figures.map(({ name, ...values }) => [name, ...Object.values(values).map(String)]);
  print.line(`\n${table([head, ...cells])}\n`);
  const setting = { rows, rounds, level, cpus: cpus ?? null, bytes: expected.bytes };
  print.result({ benchmark: 'archive', machine: machine(), setting, variants: figures });
} finally {
  built.remove();
}

async function runOnce(variant: string): Promise<Measured<ArchiveOutcome>> {
  const settings: ArchiveSettings = { rows, level };
  const measured = await runVariant<ArchiveOutcome>({ program: built.program, variant, settings, cpus });
  const { sha256 = expected.sha256 } = measured.outcome;
  if (sha256 !== expected.sha256) throw new Error(`${variant} made a zip with another content`);
  print.line(`${variant}: ${measured.seconds.toFixed(2)} s, CPU ${measured.cpuSeconds.toFixed(2)} s`);
  return measured;
}

/** Medians over the rounds. `timeToOurs` and `cpuToOurs` are medians of each round's ratio to our run in that round. */
function figuresOf(
  name: string,
  runs: readonly Measured<ArchiveOutcome>[],
  oursToo: readonly Measured<ArchiveOutcome>[],
) {
  const time = (measured: readonly Measured<unknown>[]) => measured.map(({ seconds }) => seconds);
  const cpu = (measured: readonly Measured<unknown>[]) => measured.map(({ cpuSeconds }) => cpuSeconds);
  const median = (values: readonly number[]) => rounded(figureOf(values).median);
  return {
    name,
    megabytesPerSecond: median(time(runs).map(seconds => expected.bytes / 1e6 / seconds)),
    cpuSecondsPerGigabyte: median(cpu(runs).map(seconds => (seconds / expected.bytes) * 1e9)),
    peakRssMB: median(runs.map(({ peakRssMB }) => peakRssMB)),
    ratio: median(runs.map(({ outcome }) => expected.bytes / outcome.zipBytes)),
    timeToOurs: rounded(ratioOf(time(runs), time(oursToo)).median),
    cpuToOurs: rounded(ratioOf(cpu(runs), cpu(oursToo)).median),
  };
}
