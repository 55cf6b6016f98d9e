import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { type ColdSummary, coldTable, summaryOf } from './cold/report.ts';
import type { ColdOutcome } from './cold/settings.ts';
import { type ColdVariant, setColdStage } from './cold/stage.ts';
import { ratioOf, rounded } from './measure/figures.ts';
import { machine } from './measure/machine.ts';
import { whole } from './measure/options.ts';
import { createPrinter } from './measure/printer.ts';
import { interleaved } from './measure/rounds.ts';

const variants: readonly ColdVariant[] = [
  { name: 'dispatcher', bundle: 'dispatcher' },
  { name: 'watchdog', bundle: 'watchdog' },
  { name: 'exporter, S3 account', bundle: 'exporter', cloud: 's3' },
  { name: 'exporter, GCS account', bundle: 'exporter', cloud: 'gcs' },
  { name: 'exporter, Azure account', bundle: 'exporter', cloud: 'azure' },
  { name: 'all SDKs statically, S3 account', bundle: 'all clouds', cloud: 's3' },
  { name: 'all SDKs statically, bundled plainly', bundle: 'all clouds, plainly', cloud: 's3' },
];

/** A package that only the driver of a cloud needs. */
const sdks = { s3: '@aws-sdk/client-s3', gcs: '@google-cloud/storage', azure: '@azure/storage-blob' };

const { rounds, json } = new Command('npm run bench:cold --')
  .description(
    'Measures cold starts of the built functions in fresh processes: import, the SDK of the account’s cloud, first invocation. Compares with an exporter that imports the SDKs of all clouds statically, bundled like ours and with esbuild’s defaults.',
  )
  .addOption(
    new Option('--rounds <number>', 'how often each variant is started')
      .default(15)
      .argParser(whole(1, 1000)),
  )
  .option('--json', 'end with one line of JSON; everything else goes to standard error', false)
  .allowExcessArguments(false)
  .parse()
  .opts<{ readonly rounds: number; readonly json: boolean }>();

const print = createPrinter(json);
const stage = await setColdStage();
try {
  const byName = new Map(variants.map(variant => [variant.name, variant]));
  const variantOf = (name: string) => byName.get(name) ?? raise(`There is no variant ${name}`);
  const runs = await interleaved([...byName.keys()], rounds, async name => {
    const { outcome } = await stage.start(variantOf(name));
    return outcome;
  });
  const results: ColdSummary[] = [];
  for (const [name, outcomes] of Object.entries(runs)) {
    const variant = variantOf(name);
    const { outcome: loaded } = await stage.loaded(variant);
    const loadedSdks = Object.values(sdks).filter(sdk => loaded.packages.includes(sdk));
    const own = variant.cloud && sdks[variant.cloud];
    if (!variant.bundle.startsWith('all clouds') && loadedSdks.some(sdk => sdk !== own))
      throw new Error(`${name} loads ${loadedSdks.join(', ')}`);
    const bundleBytes = sizeOf(stage.bundles[variant.bundle]);
    results.push({ ...summaryOf(name, outcomes), bundleBytes, loadedBytes: loaded.bytes, loadedSdks });
  }
  const ratio = (rival: string, figure: (outcome: ColdOutcome) => number) =>
    rounded(
      ratioOf((runs['exporter, S3 account'] ?? []).map(figure), (runs[rival] ?? []).map(figure)).median,
    );
  const [sameBuild, plainBuild] = ['all SDKs statically, S3 account', 'all SDKs statically, bundled plainly'];
  const loadMs = ({ importMs, driverMs }: ColdOutcome) => importMs + driverMs;
  const ratios = {
    s3ToStatic: ratio(sameBuild, loadMs),
    s3ToStaticCpu: ratio(sameBuild, ({ loadCpuMs }) => loadCpuMs),
    s3ToPlainStatic: ratio(plainBuild, loadMs),
    s3ToPlainStaticCpu: ratio(plainBuild, ({ loadCpuMs }) => loadCpuMs),
  };
  print.line(`${coldTable(results)}\n`);
  print.line(`The S3 path to all three SDKs statically, import and driver: ${JSON.stringify(ratios)}`);
  print.result({
    benchmark: 'cold',
    machine: machine(),
    setting: { rounds },
    results,
    ratios,
  });
} finally {
  await stage.end();
}

/** Bytes of code, without the source maps. */
function sizeOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files
    .filter(file => file.endsWith('.mjs'))
    .reduce((bytes, file) => bytes + statSync(join(folder, file)).size, 0);
}

function raise(message: string): never {
  throw new Error(message);
}
