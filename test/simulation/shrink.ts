import type { SeedResult } from './simulate.ts';
import type { SeedOptions } from './truth/scenario.ts';
import type { FaultKind } from './world/fault-kinds.ts';

/** The smallest simulation found that still violates one of the rules that the seed violated. */
export async function shrink(
  failing: SeedOptions,
  simulate: (options: SeedOptions) => Promise<SeedResult>,
): Promise<{ readonly options: SeedOptions; readonly result: SeedResult }> {
  let options: SeedOptions = { ...failing, keepTrace: true };
  let result = await simulate(options);
  const rules = new Set(result.violations.map(({ rule }) => rule));

  const tryInstead = async (smaller: SeedOptions): Promise<boolean> => {
    const outcome = await simulate(smaller);
    if (!outcome.violations.some(({ rule }) => rules.has(rule))) return false;
    options = smaller;
    result = outcome;
    return true;
  };
  for (let accounts = 1; accounts < options.accounts; accounts++)
    if (await tryInstead({ ...options, accounts })) break;
  for (let days = 1; days < options.days; days++) if (await tryInstead({ ...options, days })) break;
  for (const kind of Object.keys(result.faults) as FaultKind[])
    await tryInstead({ ...options, without: [...(options.without ?? []), kind] });
  return { options, result };
}

/** The command that repeats exactly this. */
export function commandFor({ seed, accounts, days, without = [] }: SeedOptions): string {
  const left = without.length > 0 ? ` --without ${without.join(',')}` : '';
  return `npm run simulate -- --seeds 1 --from ${seed} --accounts ${accounts} --days ${days}${left}`;
}
