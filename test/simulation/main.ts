import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { playSeeds } from './pool.ts';
import { commandFor, shrink } from './shrink.ts';
import type { SeedResult } from './simulate.ts';
import { createTally } from './tally.ts';
import { type FaultKind, faultKinds } from './world/fault-kinds.ts';

const usage = `Usage: npm run simulate -- [--seeds N] [--from S] [--accounts A] [--days D] [--without KINDS] [--json]

Plays the dispatcher, the exporter and the watchdog against simulated clouds, each seed with its own faults, and holds
what was delivered against the truth. Exit code 1 if a seed fails.

  --seeds N       how many seeds (200)
  --from S        the first seed; a random one without it
  --accounts A    accounts in each (3)
  --days D        days with faults in each (3); twelve quiet hours follow
  --without K,K   kinds of fault to leave out
  --threads T     threads (one a core)
  --json          a JSON object as the last line`;

const mostShrunk = 3;
const longestTrace = 150;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    from: { type: 'string' },
    accounts: { type: 'string', default: '3' },
    days: { type: 'string', default: '3' },
    without: { type: 'string', default: '' },
    threads: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(usage);
else process.exitCode = await run();

async function run(): Promise<number> {
  const from = values.from === undefined ? randomInt(1_000_000_000) : wholeNumber('from', values.from, 0);
  const count = wholeNumber('seeds', values.seeds, 1);
  const size = {
    accounts: wholeNumber('accounts', values.accounts, 1),
    days: wholeNumber('days', values.days, 1),
    without: kindsOf(values.without),
  };
  console.log(`Seeds ${from} to ${from + count - 1}, ${size.accounts} accounts, ${size.days} days`);
  const tally = createTally();
  const failing: SeedResult[] = [];
  await playSeeds({
    seeds: Array.from({ length: count }, (_, index) => from + index),
    size,
    ...(values.threads !== undefined && { threads: wholeNumber('threads', values.threads, 1) }),
    onResult(result) {
      tally.add(result);
      if (result.violations.length > 0) {
        failing.push(result);
        printFailure(result);
      }
      if (tally.seeds() % 500 === 0) console.log(`${tally.seeds()} seeds, ${failing.length} failed`);
      return true;
    },
  });
  for (const { seed } of failing.slice(0, mostShrunk)) await explain({ ...size, seed });
  console.log(tally.text());
  if (values.json) console.log(JSON.stringify(tally.totals()));
  return failing.length > 0 ? 1 : 0;
}

function printFailure({ seed, violations }: SeedResult): void {
  console.log(`Seed ${seed} fails:`);
  for (const { rule, text } of violations.slice(0, 5)) console.log(`  ${rule}: ${text}`);
}

/** Repeats a failing seed with less of everything, and prints the smallest failing case. */
async function explain(failing: Parameters<typeof shrink>[0]): Promise<void> {
  const { simulate } = await import('./simulate.ts');
  const { options, result } = await shrink(failing, simulate);
  console.log(`\nSeed ${failing.seed}, as small as it still fails: ${commandFor(options)}`);
  const end = result.trace.findIndex(line => line.includes(' VIOLATION ')) + 1;
  const telling = result.trace
    .slice(0, end || undefined)
    .filter(line => !/ (GetItem|Query|Scan|BatchGet)/.test(line));
  if (telling.length > longestTrace) console.log(`  … ${telling.length - longestTrace} lines before`);
  for (const line of telling.slice(-longestTrace)) console.log(`  ${line.slice(0, 400)}`);
}

function kindsOf(list: string): readonly FaultKind[] {
  const known: readonly FaultKind[] = faultKinds;
  return list
    .split(',')
    .filter(name => name !== '')
    .map(name => {
      const kind = known.find(each => each === name);
      if (!kind) throw new RangeError(`${name} is no kind of fault; there are ${known.join(', ')}`);
      return kind;
    });
}

function wholeNumber(name: string, text: string, least: number): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < least)
    throw new RangeError(`--${name}: expected a whole number of at least ${least}, got ${text}`);
  return number;
}
