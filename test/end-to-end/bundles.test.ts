import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { buildFunctions, functionNames } from '../../lib/build-functions.ts';
import { sampleRole } from '../../local/sample/accounts.ts';
import { hourlyRows, ndjson } from './audit-rows.ts';
import { type BundleFunction, startBundle } from './bundle-function.ts';
import { type Cloud, clouds, destinations } from './evidence.ts';
import { startPipeline, type TestPipeline } from './pipeline.ts';

const timeZone = 'Asia/Kolkata';
const tick = '2025-03-03T02:30:00Z';
const rows = hourlyRows('2025-03-02T22:30:00Z', 4);

/** A folder that contains only the bundles, without `node_modules` in any parent folder. */
const task = mkdtempSync(join(tmpdir(), 'siem-export-task-'));
const started: BundleFunction[] = [];
let pipeline: TestPipeline;
beforeAll(async () => {
  const built = mkdtempSync(join(tmpdir(), 'siem-export-built-'));
  const folders = buildFunctions({ outputFolder: built });
  for (const name of functionNames) cpSync(folders[name], join(task, name), { recursive: true });
  rmSync(built, { recursive: true });
  pipeline = await startPipeline({
    async start(name, options) {
      const bundle = await startBundle({ ...options, folder: join(task, name) });
      started.push(bundle);
      return bundle;
    },
  });
});
afterEach(() => pipeline.forget());
afterAll(async () => {
  await pipeline?.close();
  rmSync(task, { recursive: true });
});

/** The packages that only one cloud’s driver needs. */
const sdks: Readonly<Record<Cloud, readonly string[]>> = {
  s3: ['@aws-sdk/client-s3'],
  gcs: ['@google-cloud/storage', 'google-auth-library'],
  azure: ['@azure/storage-blob'],
};

describe('the built bundles', () => {
  test('lie where no package can be found', () => {
    expect(readdirSync(task).toSorted()).toEqual([...functionNames].toSorted());
    for (let folder = task; folder !== dirname(folder); folder = dirname(folder))
      expect(existsSync(join(folder, 'node_modules'))).toBe(false);
  });

  test.each(clouds)('export from the tick to a file in %s with no other cloud’s SDK', async cloud => {
    const accountId = `bundled for ${cloud}`;
    await pipeline.provision(accountId, { cloud, timeZone }, rows);
    const exporter = await freshExporter();
    for (const packages of Object.values(sdks))
      for (const name of packages) expect(await exporter.loadedPackages()).not.toContain(name);

    await pipeline.tick(tick, exporter);
    expect(await pipeline.textsOf(cloud, accountId)).toEqual([ndjson(rows)]);
    expect(pipeline.eventTypesOf(accountId)).toEqual(['Export Delivered']);
    const loaded = await exporter.loadedPackages();
    for (const other of clouds)
      for (const name of sdks[other]) expect([name, loaded.has(name)]).toEqual([name, other === cloud]);
  });

  test('assume a role, and load what that takes only then', async () => {
    const exporter = await freshExporter();
    expect(await exporter.loadedPackages()).not.toContain('@aws-sdk/client-sts');
    const destination = { ...destinations.s3, ...sampleRole };
    await pipeline.provision('by role', { timeZone, destination, secretId: undefined }, rows);
    await pipeline.tick(tick, exporter);
    expect(await exporter.loadedPackages()).toContain('@aws-sdk/client-sts');
    expect(await pipeline.textsOf('s3', 'by role')).toEqual([ndjson(rows)]);
  });

  test('name their errors and where they come from, though they are minified', async () => {
    await pipeline.provision('refused', {
      timeZone,
      secret: JSON.stringify({
        accessKeyId: 'AKIANOBODY0000000001',
        secretAccessKey: 'nobody'.padEnd(40, '0'),
      }),
    });
    await pipeline.tick(tick);
    expect(await pipeline.logLines()).toContainEqual(
      expect.objectContaining({
        accountId: 'refused',
        code: 'credentials_rejected',
        cause: expect.objectContaining({ name: 'InvalidAccessKeyId' }),
      }),
    );
    const failure = loadExporter({});
    await expect(failure).rejects.toThrow(
      /EnvironmentError: The function's environment is wrong: .*ACCOUNTS_TABLE/,
    );
    await expect(failure).rejects.toThrow(/lambdas\/environment\.ts/);
  });

  test('survey the accounts', async () => {
    await pipeline.provision('surveyed', { timeZone: 'Mars/Olympus_Mons' });
    await pipeline.watchdog.invoke({});
    expect(await pipeline.logLines()).toContainEqual(
      expect.objectContaining({ Accounts: 1, InvalidAccounts: 1 }),
    );
  });
});

/** An exporter that has not exported yet. */
async function freshExporter(): Promise<BundleFunction> {
  await pipeline.startVariant();
  const fresh = started.at(-1);
  if (!fresh) throw new Error('no exporter was started');
  return fresh;
}

/** Loads the exporter’s bundle with only these variables. */
function loadExporter(environment: Readonly<Record<string, string>>): Promise<BundleFunction> {
  const log = new PassThrough().resume();
  const options = { functionName: 'exporter', timeout: 1000, log };
  return startBundle({ ...options, folder: join(task, 'exporter'), environment });
}
