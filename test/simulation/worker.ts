import { parentPort, workerData } from 'node:worker_threads';
import { applySabotage } from './sabotage/apply-sabotage.ts';
import type { Sabotage } from './sabotage/sabotage.ts';
import type { SeedOptions } from './truth/scenario.ts';

/** A thread that plays the seeds it is sent, each to its end, and answers with the outcome of each. */
const { sabotage } = (workerData ?? {}) as { sabotage?: Sabotage };
if (sabotage) applySabotage(sabotage);
// Only now, so that the code under test is loaded as the sabotage left it.
const play = sabotage?.world === 'fairness' ? await playFairness() : (await import('./simulate.ts')).simulate;

parentPort?.on('message', async (seed: SeedOptions) => {
  parentPort?.postMessage(await play(seed));
});

async function playFairness() {
  const { fairnessViolations } = await import('./fairness/scenarios.ts');
  return async ({ seed }: SeedOptions) => ({ seed, violations: await fairnessViolations() });
}
