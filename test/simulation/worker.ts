import { parentPort, workerData } from 'node:worker_threads';
import { applySabotage } from './sabotage/apply-sabotage.ts';
import type { Sabotage } from './sabotage/sabotage.ts';
import type { SeedOptions } from './truth/scenario.ts';

/** Runs each seed that it receives, and answers with the result. */
const { sabotage } = (workerData ?? {}) as { sabotage?: Sabotage };
if (sabotage) applySabotage(sabotage);
// Imported late, so that it loads the code that the sabotage has changed.
const play = sabotage?.world === 'fairness' ? await playFairness() : (await import('./simulate.ts')).simulate;

parentPort?.on('message', async (seed: SeedOptions) => {
  parentPort?.postMessage(await play(seed));
});

async function playFairness() {
  const { fairnessViolations } = await import('./fairness/scenarios.ts');
  return async ({ seed }: SeedOptions) => ({ seed, violations: await fairnessViolations() });
}
