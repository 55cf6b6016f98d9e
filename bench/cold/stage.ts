import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { Destination } from '../../lambdas/domain/account.ts';
import { toIso } from '../../lambdas/domain/instant.ts';
import { readExporterEnvironment } from '../../lambdas/environment.ts';
import { buildFunctions, bundle } from '../../lib/build-functions.ts';
import { exporterRuntimeEnvironment, runtimeEnvironment } from '../../lib/runtime-environment.ts';
import { startAwsServers } from '../../local/aws-servers.ts';
import { startCloudServers } from '../../local/cloud-servers.ts';
import { functionEnvironment } from '../../local/functions/environment.ts';
import { provision } from '../../local/provision.ts';
import { createResources } from '../../local/resources.ts';
import { scheduledEvent } from '../../local/run-ticks.ts';
import { sampleStorageAccount } from '../../local/sample/accounts.ts';
import { sampleRows } from '../../local/sample/rows.ts';
import { synthesizeTemplate } from '../../local/template.ts';
import type { Measured } from '../measure/child.ts';
import { runVariant } from '../measure/run-variant.ts';
import type { Loaded } from './loaded-files.ts';
import type { ColdOutcome, ColdSettings } from './settings.ts';

type Cloud = Destination['type'];

/** A bundle, and the cloud of the account for which it is invoked. */
export interface ColdVariant {
  readonly name: string;
  readonly bundle: 'dispatcher' | 'exporter' | 'watchdog' | 'all clouds' | 'all clouds, plainly';
  readonly cloud?: Cloud;
}

const destinations: Readonly<Record<Cloud, Destination>> = {
  s3: { type: 's3', bucket: 'bench-bucket', region: 'eu-central-1' },
  gcs: { type: 'gcs', bucket: 'bench-bucket' },
  azure: { type: 'azure', storageAccount: sampleStorageAccount, container: 'bench-container' },
};
const staticClouds = join(import.meta.dirname, 'static-clouds.ts');
const window = { start: Date.parse('2025-11-22T04:00:00Z'), end: Date.parse('2025-11-22T08:00:00Z') };

/** Builds the bundles and starts the embedded servers. Every cold start gets a new account in them. */
export async function setColdStage() {
  const folder = mkdtempSync(join(tmpdir(), 'siem-export-bench-'));
  const bundles = {
    ...buildFunctions({ outputFolder: join(folder, 'dist') }),
    'all clouds': bundle(staticClouds, join(folder, 'all-clouds')),
    'all clouds, plainly': bundlePlainly(staticClouds, join(folder, 'all-clouds-plainly')),
  };
  const program = join(
    bundle(join(import.meta.dirname, 'variants.ts'), join(folder, 'variants')),
    'index.mjs',
  );
  const aws = await startAwsServers();
  const customers = await startCloudServers(Object.values(destinations));
  const { environments } = await createResources(synthesizeTemplate(), aws);
  const variables = { ...environments.exporter, ...environments.dispatcher };
  const environment = functionEnvironment(variables, customers.environment, aws.environment);
  const { secretPrefix, accountsTable, auditLog } = readExporterEnvironment(environment);
  let accounts = 0;

  return {
    bundles,
    start: (variant: ColdVariant) => runCold<ColdOutcome>(variant, 'first invocation'),
    loaded: (variant: ColdVariant) => runCold<Loaded>(variant, 'loaded files'),
    async end() {
      await Promise.all([aws.close(), customers.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };

  async function runCold<Outcome>({ bundle, cloud }: ColdVariant, what: string): Promise<Measured<Outcome>> {
    const settings: ColdSettings = {
      bundle: bundles[bundle],
      event: cloud ? await exportEvent(cloud) : scheduledEvent(window.end),
      driver: cloud && driverIn(bundles[bundle], cloud),
    };
    const runtime = cloud ? exporterRuntimeEnvironment : runtimeEnvironment;
    return runVariant<Outcome>({
      program,
      variant: what,
      settings,
      environment: { ...environment, ...runtime },
    });
  }

  /** Creates a new account with rows in one window, and returns the event that exports it. */
  async function exportEvent(cloud: Cloud): Promise<object> {
    const accountId = `cold-${cloud}-${++accounts}`;
    const record = {
      accountId,
      timeZone: 'UTC',
      status: 'active',
      exportFrom: toIso(window.start),
      destination: destinations[cloud],
      secretId: `${secretPrefix}${accountId}`,
      format: 'ndjson',
      compression: 'zip',
    } as const;
    await provision([{ record, rows: sampleRows(accountId, 'UTC', window.start, window.end) }], {
      dynamodb: aws.dynamodb,
      secrets: aws.secrets,
      environment: { accountsTable, auditLog },
      credentials: customers.credentials,
      onRows: () => undefined,
    });
    const body = JSON.stringify({ accountId, tick: toIso(window.end) });
    const attributes = { ApproximateReceiveCount: '1' };
    return { Records: [{ messageId: accountId, receiptHandle: accountId, body, attributes }] };
  }
}

/** Bundles with esbuild's defaults: one file, not minified, each package's `main` before its `module`. */
function bundlePlainly(entry: string, outputFolder: string): string {
  buildSync({
    entryPoints: [{ in: entry, out: 'index' }],
    outdir: outputFolder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: {
      js: "import { createRequire as createBundleRequire } from 'node:module';const require = createBundleRequire(import.meta.url);",
    },
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
  });
  return outputFolder;
}

/** The chunk with a cloud's driver; `undefined` if the driver is part of `index.mjs`. */
function driverIn(bundle: string, cloud: Cloud): string | undefined {
  const chunks = join(bundle, 'chunks');
  if (!existsSync(chunks)) return undefined;
  const name = readdirSync(chunks).find(file => file.startsWith(`${cloud}-`) && file.endsWith('.mjs'));
  return name && join('chunks', name);
}
