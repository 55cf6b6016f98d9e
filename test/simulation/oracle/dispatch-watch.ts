import type { Item } from '../services/expressions.ts';
import type { Queue } from '../services/queue.ts';
import type { Provisioning } from '../truth/accounts.ts';
import { boundaryUpTo } from '../truth/boundaries.ts';
import type { World } from '../world/world.ts';

const tickInterval = 15 * 60_000;
/** A run of the dispatcher, as long as it may last, and how far the index may be behind. */
const longestMemory = 15 * 60_000 + 5000;

/** Watches the dispatcher's memory: a tick is completed only when every account due by it has its message. */
export function createDispatchWatch(world: World, provisioning: Provisioning, queue: () => Queue) {
  return (before: Item | undefined, after: Item | undefined) => {
    if (after?.name?.S !== 'dispatcher') return;
    const tick = Date.parse(after?.completedTick?.S ?? '');
    const completed = before ? Date.parse(before.completedTick?.S ?? '') : tick - tickInterval;
    if (!(tick > completed))
      return world.violate('tick', `The completed tick went from ${completed} to ${tick}`);
    if (tick % tickInterval !== 0) world.violate('tick', `${new Date(tick).toISOString()} is no tick`);
    for (const { id, versions } of provisioning.accounts) {
      const version = versions.at(-1);
      // What changed meanwhile may have been seen either way.
      if (!version?.scheduled || !version.record || world.now() - version.at < longestMemory) continue;
      const boundary = boundaryUpTo(version.record.timeZone, tick);
      if (boundary > completed && !queue().tookFor(id, boundary))
        world.violate('tick', `${new Date(tick).toISOString()} is completed without a message for ${id}`);
    }
  };
}
