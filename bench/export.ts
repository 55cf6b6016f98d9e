import { join } from 'node:path';
import { Option } from 'commander';
import { processorsOf } from '../cli/commands/cost/export-time.ts';
import { type Compression, compression, type Format, format } from '../lambdas/domain/format.ts';
import { compressionLevel } from '../lambdas/domain/recipe.ts';
import { exporterRuntimeEnvironment } from '../lib/runtime-environment.ts';
import { type ExportRun, exportResult, exportTable } from './export/report.ts';
import type { ExportSettings } from './export/settings.ts';
import { type Stage, setStage } from './export/stage.ts';
import { type Content, contentOf, expectedLines } from './input/lines.ts';
import { mostRows } from './input/rows.ts';
import { createCpuQuota } from './measure/cpu-quota.ts';
import { machine } from './measure/machine.ts';
import {
  type BenchOptions,
  benchCommand,
  latencyOption,
  type MemoryOption,
  memoryOption,
} from './measure/options.ts';
import { createPrinter } from './measure/printer.ts';
import { interleaved } from './measure/rounds.ts';
import { runVariant } from './measure/run-variant.ts';

const names = { ours: 'ours', limit: 'limit' };
const variants = [names.ours, 'document client + archiver', 'collect all + fflate', names.limit];

/** A variant that keeps all rows in memory does not fit into most machines with more rows than this. */
const mostCollected = 2_000_000;
/** Zlib's default, which archiver and fflate use too. */
const rivalLevel = 6;

/** The SDK's default of three attempts is too few for the rivals when a partition throttles: they would fail. */
const rivalEnvironment = { AWS_MAX_ATTEMPTS: '20' };

interface ExportOptions {
  readonly partition: boolean;
  readonly format: Format;
  readonly compression: Compression;
}

const options = benchCommand(
  'export',
  'Exports a window from a loopback DynamoDB to a loopback S3 over TLS, with the deployed exporter, two rivals and the limit.',
  { usual: 1_000_000, most: mostRows },
)
  .addOption(latencyOption())
  .addOption(memoryOption())
  .addOption(
    new Option('--format <format>', 'also run ours in this format, beside ndjson, instead of the rivals')
      .choices(format.options)
      .default('ndjson'),
  )
  .addOption(
    new Option(
      '--compression <kind>',
      'also run ours with this compression, beside zip, instead of the rivals',
    )
      .choices(compression.options)
      .default('zip'),
  )
  .option(
    '--partition',
    'put all rows into one partition of DynamoDB, which throttles above 12 MB/s of consistent reads',
    false,
  )
  .parse()
  .opts<BenchOptions & MemoryOption & ExportOptions>();

const { rows, rounds, latency, cpus, memory, partition, json } = options;
const quota = memory === undefined ? undefined : createCpuQuota(processorsOf(memory));
const print = createPrinter(json);
/** Ours with other files, if the options name such. */
const otherwise = `ours, ${options.format}, ${options.compression}`;
const hasOtherFiles = options.format !== 'ndjson' || options.compression !== 'zip';
const chosen = (hasOtherFiles ? [names.ours, otherwise] : variants)
  .filter(name => options.only?.includes(name) ?? true)
  .filter(name => name !== 'collect all + fflate' || rows <= mostCollected);

print.line(`Rendering ${rows.toLocaleString('en')} rows`);
const expected = await contentOf(expectedLines(rows));
const stage = await setStage({
  rows,
  latencyMs: latency,
  partition,
  withLines: chosen.includes(names.limit),
  variants: join(import.meta.dirname, 'export', 'variants.ts'),
});
try {
  const runs = await interleaved(chosen, rounds, (name, round) => runOnce(stage, name, round));
  const result = exportResult(runs, { rows, bytes: expected.bytes, memory }, names);
  print.line(`\n${exportTable(result)}\n`);
  print.line(`ours to the first rival and to the limit: ${JSON.stringify(result.ratios)}`);
  if (memory !== undefined)
    print.line(`${memory} MB: ${processorsOf(memory).toFixed(2)} of a processor, by ${quota?.means}`);
  if (partition) print.line(`Throttled queries: ${await stage.refusedQueries()}`);
  const setting = {
    rows,
    rounds,
    latencyMs: latency,
    cpus: cpus ?? null,
    level: compressionLevel,
    format: options.format,
    compression: options.compression,
    partition,
    memory: memory ?? null,
    quota: quota?.means ?? null,
  };
  print.result({ benchmark: 'export', machine: machine(), setting, ...result });
} finally {
  stage.end();
  quota?.end();
}

async function runOnce(at: Stage, variant: string, round: number): Promise<ExportRun> {
  const isOurs = variant === names.ours || variant === otherwise;
  const accountId = `account-${chosen.indexOf(variant)}-${round}`;
  const files = variant === otherwise ? { format: options.format, compression: options.compression } : {};
  if (isOurs) await at.createAccount(accountId, files);
  const { dynamodbEndpoint, s3Endpoint, bucket, exporterBundle } = at;
  const settings: ExportSettings = {
    dynamodbEndpoint,
    s3Endpoint,
    bucket,
    exporterBundle,
    accountId,
    rows,
    level: compressionLevel,
    rivalLevel,
  };
  const own = isOurs ? exporterRuntimeEnvironment : rivalEnvironment;
  const measured = await runVariant<object>({
    program: at.program,
    variant: isOurs ? names.ours : variant,
    settings,
    environment: { ...at.environment, ...own },
    cpus,
    quota,
  });
  const { seconds, cpuSeconds, peakRssMB } = measured;
  const zipBytes = await deliveredBytes(at, variant);
  print.line(
    `${variant}: ${seconds.toFixed(2)} s, CPU ${cpuSeconds.toFixed(2)} s, ${peakRssMB.toFixed(0)} MB, zip ${zipBytes}`,
  );
  return { ...measured, zipBytes };
}

/** @throws Error if the content of the object in the bucket is not the expected one */
async function deliveredBytes(at: Stage, variant: string): Promise<number> {
  const { zipBytes, ...found } = await at.delivered();
  if (!isSame(found, expected))
    throw new Error(`${variant} delivered something else: ${JSON.stringify({ found, expected })}`);
  return zipBytes;
}

function isSame(one: Content, other: Content): boolean {
  return one.bytes === other.bytes && one.sha256 === other.sha256;
}
