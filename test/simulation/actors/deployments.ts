import type { PartLimits } from '../../../lambdas/domain/recipe.ts';
import type { World } from '../world/world.ts';

/** How long machines that were started before a deployment are still used: far longer than Lambda does. */
const mixedFor = 24 * 3_600_000;

/** What files are cut by, as operators deploy it. */
export function createDeployments(world: World, first: PartLimits) {
  const chance = world.random('deployments');
  const every = new Set([nameOf(first)]);
  let former = first;
  let current = first;
  let mixedUntil = 0;
  return {
    /** Everything that was ever deployed, as `partBytes level`. */
    every: every as ReadonlySet<string>,
    deploy(partBytes: number): void {
      former = current;
      current = { ...current, partBytes };
      mixedUntil = world.now() + mixedFor;
      every.add(nameOf(current));
    },
    /** Of a machine that is started now: for a while it may be one with the former limits. */
    limits: (): PartLimits => (world.now() < mixedUntil && chance.chance(0.5) ? former : current),
  };
}

function nameOf({ partBytes, level }: PartLimits): string {
  return `${partBytes} ${level}`;
}
