import type { SeedResult } from './simulate.ts';
import { type FaultKind, faultKinds } from './world/fault-kinds.ts';

export interface Totals {
  readonly seeds: number;
  readonly failures: number;
  readonly failingSeeds: readonly number[];
  readonly rows: number;
  readonly objects: number;
  readonly crashes: number;
  readonly faults: Readonly<Record<FaultKind, number>>;
  readonly seedsPerSecond: number;
}

/** Adds up the results of many seeds. */
export function createTally() {
  const begun = performance.now();
  const faults = Object.fromEntries(faultKinds.map(kind => [kind, 0])) as Record<FaultKind, number>;
  const failingSeeds: number[] = [];
  let seeds = 0;
  let rows = 0;
  let objects = 0;

  const totals = (): Totals => ({
    seeds,
    failures: failingSeeds.length,
    failingSeeds,
    rows,
    objects,
    crashes: faults['crash-before'] + faults['crash-after'],
    faults,
    seedsPerSecond: Math.round((seeds / (performance.now() - begun)) * 10_000) / 10,
  });
  return {
    seeds: () => seeds,
    totals,
    add(result: SeedResult): void {
      seeds++;
      rows += result.rows;
      objects += result.objects;
      if (result.violations.length > 0) failingSeeds.push(result.seed);
      for (const kind of faultKinds) faults[kind] += result.faults[kind] ?? 0;
    },
    text(): string {
      const { failures, crashes, seedsPerSecond } = totals();
      const byKind = faultKinds.map(kind => `  ${kind.padEnd(22)}${String(faults[kind]).padStart(9)}`);
      return [
        `\n${seeds} seeds, ${failures} failed; ${rows} rows in ${objects} objects, ${crashes} crashes, ${seedsPerSecond} seeds/s`,
        'Faults injected:',
        ...byKind,
      ].join('\n');
    },
  };
}
