import { figureOf, rounded } from '../measure/figures.ts';
import { table } from '../measure/table.ts';
import type { Population } from './population.ts';
import type { DispatchRun } from './stage.ts';

/** The medians of a variant's runs with one population. */
export interface DispatchSummary extends Population {
  readonly variant: string;
  readonly runs: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakRssMB: number;
  readonly reads: number;
  readonly batches: number;
}

export function summaryOf(
  variant: string,
  { accounts, due }: Population,
  runs: readonly DispatchRun[],
): DispatchSummary {
  const median = (values: readonly number[]) => rounded(figureOf(values).median);
  return {
    variant,
    accounts,
    due,
    runs: runs.length,
    seconds: median(runs.map(({ seconds }) => seconds)),
    cpuSeconds: median(runs.map(({ cpuSeconds }) => cpuSeconds)),
    peakRssMB: median(runs.map(({ peakRssMB }) => peakRssMB)),
    reads: figureOf(runs.map(({ reads }) => reads)).median,
    batches: figureOf(runs.map(({ batches }) => batches)).median,
  };
}

/**
 * The exponent with which each figure grows with the number of due accounts (1 is linear): the slope of a straight line
 * through the logarithms of both.
 */
export interface Growth {
  readonly seconds: number | null;
  readonly cpuSeconds: number | null;
  readonly calls: number | null;
}

type Cost = (summary: DispatchSummary) => number;

/** Growth of the whole cost. Where few accounts are due, the fixed cost of a tick makes the growth look too small. */
export function growthOf(summaries: readonly DispatchSummary[]): Growth {
  return growth(cost => summaries.map(summary => [summary.due, cost(summary)]));
}

/**
 * Growth of the cost without the fixed cost of a tick. Leaves out runs in which the due accounts add less than the
 * fixed cost: there the difference is mostly noise.
 */
export function addedGrowthOf(summaries: readonly DispatchSummary[], idle: DispatchSummary): Growth {
  return growth(cost =>
    summaries
      .filter(summary => cost(summary) > 2 * cost(idle))
      .map(summary => [summary.due, cost(summary) - cost(idle)]),
  );
}

function growth(costs: (cost: Cost) => (readonly [due: number, cost: number])[]): Growth {
  const exponent = (cost: Cost) => {
    const points = costs(cost);
    return points.length < 2 ? null : rounded(slope(points.map(([x, y]) => [Math.log(x), Math.log(y)])));
  };
  return {
    seconds: exponent(({ seconds }) => seconds),
    cpuSeconds: exponent(({ cpuSeconds }) => cpuSeconds),
    calls: exponent(({ reads, batches }) => reads + batches),
  };
}

/** By least squares. */
function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const centre = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))] as const;
  const covariance = mean(points.map(([x, y]) => (x - centre[0]) * (y - centre[1])));
  return covariance / mean(points.map(([x]) => (x - centre[0]) ** 2));
}

export function dispatchTable(summaries: readonly DispatchSummary[]): string {
  const head = ['', 'accounts', 'due', 's', 'CPU s', 'peak RSS MB', 'reads', 'batches', 'runs'];
  const row = (summary: DispatchSummary) => {
    const { accounts, due, seconds, cpuSeconds, peakRssMB, reads, batches, runs } = summary;
    const numbers = [accounts, due, seconds, cpuSeconds, Math.round(peakRssMB), reads, batches, runs];
    return [summary.variant, ...numbers.map(number => number.toLocaleString('en'))];
  };
  return table([head, ...summaries.map(row)]);
}
