import type { Random } from '../../../local/sample/random.ts';
import type { World } from '../world/world.ts';

/** No trouble of the process: whatever comes of a recount, the export itself has no excuse. */
export function failsRecount(world: World, chance: Random): boolean {
  const fails = world.faulty() && world.enables('failed-recount') && chance.chance(0.1);
  if (fails) world.inject('failed-recount');
  return fails;
}
