import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';

const functionTimeout = 15 * 60_000;
/** The delays after which Lambda retries an event whose function failed. */
const retryDelays = [60_000, 120_000];

/** Lambda, started by a scheduled event: an invocation that fails or crashes is retried at most twice. */
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
