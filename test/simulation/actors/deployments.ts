import type { RecipeSettings } from '../../../lambdas/domain/recipe.ts';
import type { World } from '../world/world.ts';

/** How long machines from before a deployment are still used: far longer than in Lambda. */
const mixedFor = 24 * 3_600_000;

/** The deployed limits by which files are cut. */
export function createDeployments(world: World, first: RecipeSettings) {
  const chance = world.random('deployments');
  const every = new Set([nameOf(first)]);
  let former = first;
  let current = first;
  let mixedUntil = 0;
  return {
    /** Every limit that was ever deployed, as `partBytes level`. */
    every: every as ReadonlySet<string>,
    deploy(partBytes: number): void {
      former = current;
      current = { ...current, partBytes };
      mixedUntil = world.now() + mixedFor;
      every.add(nameOf(current));
    },
    /** The limits of a newly started machine: for a while it may still have the previous ones. */
    limits: (): RecipeSettings => (world.now() < mixedUntil && chance.chance(0.5) ? former : current),
  };
}

function nameOf({ partBytes, level }: RecipeSettings): string {
  return `${partBytes} ${level}`;
}
