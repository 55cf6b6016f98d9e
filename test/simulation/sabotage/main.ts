import { parseArgs } from 'node:util';
import { playSeeds } from '../pool.ts';
import { type SeedResult, simulate } from '../simulate.ts';
import { sabotagedSources } from './apply-sabotage.ts';
import type { Sabotage } from './sabotage.ts';
import { sabotages } from './sabotages.ts';

const usage = `Usage: npm run simulate:sabotage [-- --only TEXT] [--seeds N] [--json]

Puts one deliberate fault after the other into the code under test, and plays seeds until the simulator notices it.
Exit code 1 if a fault survives.

  --only TEXT   only the faults whose name holds the text
  --seeds N     the most seeds for each (2000)
  --json        a JSON object as the last line`;

const size = { accounts: 3, days: 3 };

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    seeds: { type: 'string', default: '2000' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(usage);
else process.exitCode = await run();

async function run(): Promise<number> {
  const chosen = sabotages.filter(({ name }) => name.includes(values.only));
  const survived: string[] = [];
  for (const sabotage of chosen) {
    const outdated = placeless(sabotage);
    if (outdated !== undefined) {
      survived.push(sabotage.name);
      console.log(`OUTDATED  ${outdated}`);
      continue;
    }
    const { caughtBy, seeds } = await play(sabotage, Number(values.seeds));
    if (!caughtBy) survived.push(sabotage.name);
    const [first] = caughtBy?.violations ?? [];
    console.log(
      caughtBy
        ? `caught    ${sabotage.name}: by seed ${caughtBy.seed}, after ${seeds} seeds (${first?.rule}: ${first?.text.slice(0, 160)})`
        : `SURVIVED  ${sabotage.name}: ${seeds} seeds`,
    );
  }
  console.log(`\n${chosen.length - survived.length} of ${chosen.length} caught`);
  if (values.json)
    console.log(
      JSON.stringify({ sabotages: chosen.length, caught: chosen.length - survived.length, survived }),
    );
  return survived.length > 0 ? 1 : 0;
}

/** Why the sabotage cannot be put into the code as it is now, if that is so. */
function placeless(sabotage: Sabotage): string | undefined {
  try {
    sabotagedSources(sabotage);
    return undefined;
  } catch (thrown) {
    return String(thrown);
  }
}

async function play(sabotage: Sabotage, most: number) {
  let caughtBy: SeedResult | undefined;
  let seeds = 0;
  await playSeeds({
    seeds: Array.from({ length: sabotage.world === 'fairness' ? 1 : most }, (_, seed) => seed),
    size,
    sabotage,
    onResult(result) {
      seeds++;
      if (result.violations.length > 0) caughtBy ??= result;
      return caughtBy === undefined;
    },
  });
  if (
    caughtBy &&
    sabotage.world === undefined &&
    (await simulate({ ...size, seed: caughtBy.seed })).violations.length > 0
  )
    throw new Error(
      `Seed ${caughtBy.seed} fails without a sabotage, too, and would hide what is not noticed`,
    );
  return { caughtBy, seeds };
}
