import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';

const functionTimeout = 15 * 60_000;
/** As EventBridge and Lambda repeat an event whose function failed. */
const retryDelays = [60_000, 120_000];

/** Lambda, run by a timed event: what fails, or dies, is run again, twice at most. */
export function runByEvent(
  world: World,
  startProcess: () => Process,
  run: (process: Process) => Promise<void>,
  attempt = 0,
): void {
  const process = startProcess();
  let over = false;
  const failed = (why: string) => {
    if (over) return;
    over = true;
    process.crash(why);
    const delay = retryDelays[attempt];
    if (delay !== undefined)
      world.wake(world.now() + delay, () => runByEvent(world, startProcess, run, attempt + 1));
  };
  world.wake(world.now() + functionTimeout, () => failed('out of time'));
  run(process).then(
    () => {
      over = true;
    },
    thrown => {
      if (process.troubles() === 0)
        world.violate('failed', `${process.name} failed without a fault: ${String(thrown)}`);
      failed(String(thrown));
    },
  );
}
