import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const folder = join(import.meta.dirname, '..', '..', 'bench');
const minute = 60_000;

/**
 * Runs a small benchmark once and returns its last output. A benchmark ends with an error if any of its output is
 * wrong.
 */
async function result(name: string, ...options: string[]) {
  const argv = [join(folder, `${name}.ts`), '--json', ...options];
  const { stdout } = await run(process.execPath, argv, { timeout: 2 * minute, killSignal: 'SIGKILL' });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
}

const fewRows = ['--rows', '200', '--rounds', '1'];

const exportFigures = {
  rowsPerSecond: expect.any(Number),
  cpuSecondsPerMillionRows: expect.any(Number),
  peakRssMB: expect.any(Number),
  zipBytes: expect.any(Number),
};

describe('the benchmarks', () => {
  it('of the export tells of ours, the rivals and the limit, and of the ratios', {
    timeout: 2 * minute,
  }, async () => {
    const { ours, rivals, limit, ratios } = await result('export', ...fewRows, '--latency', '0');
    for (const figures of [ours, limit, ...rivals]) expect(figures).toMatchObject(exportFigures);
    expect(rivals).toHaveLength(2);
    const ratio = expect.any(Number);
    expect(ratios).toEqual({
      speed: ratio,
      cpu: ratio,
      zipSize: ratio,
      cpuToLimit: ratio,
      timeToLimit: ratio,
    });
  });

  it('of the export runs with one partition’s rows and with a function’s share of a processor', {
    timeout: 2 * minute,
  }, async () => {
    // More rows than one partition returns at once, so that queries are throttled and retried.
    const options = ['--rows', '60000', '--rounds', '1', '--latency', '0', '--only', 'ours,limit'];
    const { ours, limit, setting } = await result('export', ...options, '--partition', '--memory', '1024');
    expect(setting).toMatchObject({ partition: true, memory: 1024 });
    expect(setting.quota).toMatch(/^(cgroup v[12]|duty cycle)$/);
    for (const figures of [ours, limit])
      expect(figures).toMatchObject({ ...exportFigures, computeUsdPerMillionRows: expect.any(Number) });
  });

  it('of the archive tells of every way to a zip', { timeout: 2 * minute }, async () => {
    const { variants } = await result('archive', ...fewRows);
    const names = variants.map(({ name }: { name: string }) => name);
    expect(names).toEqual(['ours', 'fflate', 'archiver', 'yazl', 'jszip', 'zip-stream', 'bare zlib']);
    for (const figures of variants) expect(figures.ratio).toBeGreaterThan(1);
  });

  it('of the reading tells of every way to lines', { timeout: 2 * minute }, async () => {
    const { variants } = await result('read', ...fewRows, '--latency', '0');
    const names = variants.map(({ name }: { name: string }) => name);
    expect(names).toEqual(['ours', 'document client', 'low-level client', 'limit']);
    for (const figures of variants) expect(figures).toHaveProperty('cpuSecondsPerMillionRows');
  });

  it('of the dispatch sends each due account one message, and tells how the cost grows', {
    timeout: 2 * minute,
  }, async () => {
    const { results, growth } = await result('dispatch', '--accounts', '120', '--rounds', '1');
    const ours = results.filter(({ variant }: { variant: string }) => variant === 'ours');
    expect(ours.map(({ due, batches }: Record<string, number>) => [due, batches])).toEqual([
      [10, 1],
      [120, 12],
      [0, 0],
    ]);
    expect(growth).toMatchObject({ cpuSeconds: expect.any(Number), calls: expect.any(Number) });
  });

  it('of small exports tells what each cloud’s takes, in processor time and calls', {
    timeout: 2 * minute,
  }, async () => {
    const few = ['--accounts', '2', '--windows', '1', '--warm-up', '1', '--rounds', '1', '--memory', '1769'];
    const { results, ratios } = await result('small', ...few);
    const names = results.map(({ name }: { name: string }) => name);
    expect(names).toEqual(['ours, S3', 'document client + archiver, S3', 'ours, GCS', 'ours, Azure']);
    for (const { cpuMs } of results) expect(cpuMs).toEqual(expect.any(Number));
    for (const { requests, calls } of results)
      expect(Object.values<number>(calls).reduce((sum, count) => sum + count)).toBeCloseTo(requests, 1);
    expect(ratios).toEqual({ cpu: expect.any(Number) });
    expect(results[0].calls).toEqual({
      'dynamodb GetItem accounts': 1,
      'dynamodb GetItem ledger': 1,
      'dynamodb Query audit log': 1,
      'dynamodb UpdateItem ledger': 1,
      'dynamodb TransactWriteItems ledger': 1,
      'secrets_manager GetSecretValue': 1,
      's3 PUT': 1,
      'eventbridge PutEvents': 1,
    });
  });

  it('of the cold starts finds the SDK of the account’s cloud loaded, and no other', {
    timeout: 2 * minute,
  }, async () => {
    const { results } = await result('cold', '--rounds', '1');
    expect(results.map(({ loadedSdks }: { loadedSdks: string[] }) => loadedSdks)).toEqual([
      [],
      [],
      ['@aws-sdk/client-s3'],
      ['@google-cloud/storage'],
      ['@azure/storage-blob'],
      ['@aws-sdk/client-s3', '@google-cloud/storage', '@azure/storage-blob'],
      ['@aws-sdk/client-s3', '@google-cloud/storage', '@azure/storage-blob'],
    ]);
  });

  it('of the fleet delivers to every account, no later with more exporters', async () => {
    const { results } = await result('fleet', '--accounts', '1000', '--concurrency', '5,50');
    const [few, many] = results;
    expect(many.last).toBeLessThanOrEqual(few.last);
    expect(many.last).toBeGreaterThanOrEqual(Math.max(...Object.values<number>(many.bounds)));
  });

  it('of the fleet tells what an export costs, part by part, and which memory is the cheapest in time', async () => {
    const { costs, choices, results } = await result(
      'fleet',
      ...['--accounts', '1000', '--concurrency', '20', '--memory', '512,1769'],
    );
    expect(costs).toHaveLength(3);
    for (const { parts, usd, largest } of costs) {
      expect(Object.values<number>(parts).reduce((sum, part) => sum + part)).toBeCloseTo(usd, 9);
      expect(parts[largest]).toBe(Math.max(...Object.values<number>(parts)));
    }
    const [small, large] = results;
    expect(small.usd).toBeLessThan(large.usd);
    expect(choices).toEqual([{ concurrency: 20, memory: small.last <= 1.1 * large.last ? 512 : 1769 }]);
  });
});
