import { join } from 'node:path';
import { compressionLevel } from '../lambdas/domain/recipe.ts';
import { exporterRuntimeEnvironment } from '../lib/runtime-environment.ts';
import { type ExportRun, exportResult, exportTable } from './export/report.ts';
import type { ExportOutcome, ExportSettings } from './export/settings.ts';
import { type Stage, setStage } from './export/stage.ts';
import { type Content, contentOf, expectedLines } from './input/lines.ts';
import { mostRows } from './input/rows.ts';
import { machine } from './measure/machine.ts';
import { type BenchOptions, benchCommand, latencyOption } from './measure/options.ts';
import { createPrinter } from './measure/printer.ts';
import { interleaved } from './measure/rounds.ts';
import { runVariant } from './measure/run-variant.ts';

const names = { ours: 'ours', limit: 'limit' };
const variants = [names.ours, 'document client + archiver', 'collect all + fflate', names.limit];

/** Whoever collects more rows than this needs more memory than most machines have. */
const mostCollected = 2_000_000;
/** Zlib's default, and what archiver and fflate use. */
const rivalLevel = 6;

const options = benchCommand(
  'export',
  'Exports a window from a loopback DynamoDB to a loopback S3 over TLS, as the deployed exporter, two rivals and the limit do.',
  { usual: 1_000_000, most: mostRows },
)
  .addOption(latencyOption())
  .parse()
  .opts<BenchOptions>();

const { rows, rounds, latency, cpus, json } = options;
const print = createPrinter(json);
const chosen = variants
  .filter(name => options.only?.includes(name) ?? true)
  .filter(name => name !== 'collect all + fflate' || rows <= mostCollected);

print.line(`Rendering ${rows.toLocaleString('en')} rows`);
const expected = await contentOf(expectedLines(rows));
const stage = await setStage({
  rows,
  latencyMs: latency,
  variants: join(import.meta.dirname, 'export', 'variants.ts'),
});
try {
  const runs = await interleaved(chosen, rounds, (name, round) => runOnce(stage, name, round));
  const result = exportResult(runs, { rows, bytes: expected.bytes }, names);
  print.line(`\n${exportTable(result)}\n`);
  print.line(`ours to the first rival and to the limit: ${JSON.stringify(result.ratios)}`);
  const setting = { rows, rounds, latencyMs: latency, cpus: cpus ?? null, level: compressionLevel };
  print.result({ benchmark: 'export', machine: machine(), setting, ...result });
} finally {
  stage.end();
}

async function runOnce(at: Stage, variant: string, round: number): Promise<ExportRun> {
  const accountId = `account-${variants.indexOf(variant)}-${round}`;
  if (variant === names.ours) await at.createAccount(accountId);
  const { dynamodbEndpoint, s3Endpoint, bucket, exporterBundle } = at;
  const settings: ExportSettings = {
    dynamodbEndpoint,
    s3Endpoint,
    bucket,
    exporterBundle,
    accountId,
    level: compressionLevel,
    rivalLevel,
  };
  const own = variant === names.ours ? exporterRuntimeEnvironment : {};
  const measured = await runVariant<ExportOutcome>({
    program: at.program,
    variant,
    settings,
    environment: { ...at.environment, ...own },
    cpus,
  });
  const { seconds, cpuSeconds, peakRssMB, outcome } = measured;
  const zipBytes = outcome.zipBytes ?? (await deliveredBytes(at, variant));
  print.line(
    `${variant}: ${seconds.toFixed(2)} s, CPU ${cpuSeconds.toFixed(2)} s, ${peakRssMB.toFixed(0)} MB, zip ${zipBytes}`,
  );
  return { ...measured, zipBytes };
}

/** The size of what lies in the bucket, once its content is found to be the expected one. */
async function deliveredBytes(at: Stage, variant: string): Promise<number> {
  const { zipBytes, ...found } = await at.delivered();
  if (!isSame(found, expected))
    throw new Error(`${variant} delivered something else: ${JSON.stringify({ found, expected })}`);
  return zipBytes;
}

function isSame(one: Content, other: Content): boolean {
  return one.bytes === other.bytes && one.sha256 === other.sha256;
}
