import type { Random } from '../../../local/sample/random.ts';
import type { World } from '../world/world.ts';

/** Not counted as a fault of the process: a failed recount is no excuse for the export itself. */
export function failsRecount(world: World, chance: Random): boolean {
  const fails = world.faulty() && world.enables('failed-recount') && chance.chance(0.1);
  if (fails) world.inject('failed-recount');
  return fails;
}
