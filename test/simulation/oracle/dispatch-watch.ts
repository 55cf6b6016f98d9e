import type { Item } from '../services/expressions.ts';
import type { Queue } from '../services/queue.ts';
import type { Provisioning } from '../truth/accounts.ts';
import { boundaryUpTo } from '../truth/boundaries.ts';
import type { World } from '../world/world.ts';

const tickInterval = 15 * 60_000;
/** The longest run of the dispatcher, plus the longest delay of the index. */
const longestMemory = 15 * 60_000 + 5000;

/** Watches the dispatcher’s state: a tick may only be completed when every account due by it has a message. */
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
      // A change during the run may or may not have been seen.
      if (!version?.scheduled || !version.record || world.now() - version.at < longestMemory) continue;
      const boundary = boundaryUpTo(version.record.timeZone, tick);
      if (boundary > completed && !queue().tookFor(id, boundary))
        world.violate('tick', `${new Date(tick).toISOString()} is completed without a message for ${id}`);
    }
  };
}
