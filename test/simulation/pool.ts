import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Sabotage } from './sabotage/sabotage.ts';
import type { SeedResult } from './simulate.ts';
import type { SeedOptions } from './truth/scenario.ts';

export interface PoolOptions {
  readonly seeds: Iterable<number>;
  readonly size: Omit<SeedOptions, 'seed'>;
  readonly threads?: number;
  readonly sabotage?: Sabotage;
  /** Called for every finished seed; `false` ends the run. */
  readonly onResult: (result: SeedResult) => boolean;
}

/** Runs seeds on a few threads. The order in which they end varies; their results do not. */
export async function playSeeds(options: PoolOptions): Promise<void> {
  const seeds = options.seeds[Symbol.iterator]();
  let stopped = false;
  const threads = options.threads ?? Math.max(1, availableParallelism());
  await Promise.all(Array.from({ length: threads }, () => play()));

  function play(): Promise<void> {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: { sabotage: options.sabotage },
    });
    return new Promise<void>((resolve, reject) => {
      const next = () => {
        const { value: seed, done } = stopped ? { value: undefined, done: true } : seeds.next();
        if (done || seed === undefined) resolve();
        else worker.postMessage({ ...options.size, seed });
      };
      worker.on('message', (result: SeedResult) => {
        if (!stopped && !options.onResult(result)) stopped = true;
        next();
      });
      worker.on('error', reject);
      next();
    }).finally(() => worker.terminate());
  }
}
