import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Prepare } from '../measure/child.ts';
import type { ColdOutcome, ColdSettings } from './settings.ts';

type Handler = (event: object, context: object) => Promise<{ batchItemFailures?: unknown[] } | undefined>;

const context = { getRemainingTimeInMillis: () => 900_000 };

/** Measures three steps: importing a bundle, loading the driver of a cloud, and the handler's first invocation. */
export const prepare: Prepare<ColdSettings, ColdOutcome> =
  async ({ bundle, driver, event }) =>
  async () => {
    const cpuBefore = process.cpuUsage();
    const start = performance.now();
    const { handler } = (await import(urlOf(bundle, 'index.mjs'))) as { handler: Handler };
    const imported = performance.now();
    if (driver !== undefined) await import(urlOf(bundle, driver));
    const loaded = performance.now();
    const { user, system } = process.cpuUsage(cpuBefore);
    const answer = await handler(event, context);
    if (answer?.batchItemFailures?.length)
      throw new Error('The exporter reported a failure; its log says which');
    return {
      importMs: imported - start,
      driverMs: loaded - imported,
      loadCpuMs: (user + system) / 1000,
      invocationMs: performance.now() - loaded,
    };
  };

function urlOf(bundle: string, file: string): string {
  return pathToFileURL(join(bundle, file)).href;
}
