import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { fairnessViolations } from './fairness/scenarios.ts';
import { playSeeds } from './pool.ts';
import { sabotagedSources } from './sabotage/apply-sabotage.ts';
import { sabotages } from './sabotage/sabotages.ts';
import { commandFor } from './shrink.ts';
import { type SeedResult, simulate } from './simulate.ts';
import { createTally } from './tally.ts';
import { faultKinds } from './world/fault-kinds.ts';

const size = { accounts: 3, days: 3 };
const fixedSeeds = 300;
const randomSeeds = 60;

test(`nothing is lost and nothing comes twice in ${fixedSeeds} fixed seeds, with every kind of fault`, async () => {
  const tally = createTally();
  const failures = await play(
    Array.from({ length: fixedSeeds }, (_, seed) => seed),
    result => tally.add(result),
  );
  expect(failures).toEqual([]);
  const { faults } = tally.totals();
  expect(faultKinds.filter(kind => faults[kind] === 0)).toEqual([]);
});

test(`nothing is lost and nothing comes twice in ${randomSeeds} seeds that were never played`, async () => {
  const first = randomInt(1_000_000_000);
  console.log(`Random seeds: ${first} to ${first + randomSeeds - 1}`);
  expect(await play(Array.from({ length: randomSeeds }, (_, index) => first + index))).toEqual([]);
});

test('no silent cloud and no large account makes 99 of 100 others wait for longer than is promised', async () => {
  expect(await fairnessViolations()).toEqual([]);
});

test('a seed decides everything: played twice, it takes the very same course', async () => {
  const options = { ...size, seed: 8, keepTrace: true };
  const [one, other] = [await simulate(options), await simulate(options)];
  expect(one.hash).toBe(other.hash);
  expect(one.trace.length).toBeGreaterThan(500);
  expect(other.trace).toEqual(one.trace);
});

test('another seed takes another course', async () => {
  const [one, other] = [await simulate({ ...size, seed: 8 }), await simulate({ ...size, seed: 9 })];
  expect(one.hash).not.toBe(other.hash);
});

test.each(sabotages.map(sabotage => [sabotage.name, sabotage] as const))(
  'the sabotage "%s" still has its place in the code',
  (_, sabotage) => {
    expect(() => sabotagedSources(sabotage)).not.toThrow();
  },
);

test('names of sabotages are unique', () => {
  expect(new Set(sabotages.map(({ name }) => name)).size).toBe(sabotages.length);
});

/** Runs the seeds; returns the failures, with the commands that repeat them. */
async function play(
  seeds: readonly number[],
  each: (result: SeedResult) => void = () => undefined,
): Promise<readonly string[]> {
  const failures: string[] = [];
  await playSeeds({
    seeds,
    size,
    onResult(result) {
      each(result);
      for (const { rule, text } of result.violations.slice(0, 1))
        failures.push(`${commandFor({ ...size, seed: result.seed })}: ${rule}: ${text}`);
      return true;
    },
  });
  return failures;
}
