import { type Figure, figureOf, ratioOf, rounded } from '../measure/figures.ts';
import { table } from '../measure/table.ts';
import type { SmallRun } from './stage.ts';

export type SmallRuns = Readonly<Record<string, readonly SmallRun[]>>;

/**
 * The medians of a variant's runs, each divided by the run's exports; `spread` has the least and the greatest value.
 */
export interface SmallSummary {
  readonly name: string;
  readonly cpuMs: number;
  readonly ms: number;
  readonly peakRssMB: number;
  readonly spread: { readonly cpuMs: readonly [number, number]; readonly ms: readonly [number, number] };
  /** The requests of one export to AWS and to the customer's cloud. */
  readonly requests: number;
  /** The same requests by service, operation and table. */
  readonly calls: Readonly<Record<string, number>>;
}

export function summariesOf(runs: SmallRuns): SmallSummary[] {
  return Object.entries(runs).map(([name, of]) => {
    const cpu = figureOf(of.map(cpuMsOf));
    const time = figureOf(of.map(({ seconds, exports }) => (seconds * 1000) / exports));
    const { calls = {}, exports = 1 } = of[0] ?? {};
    return {
      name,
      cpuMs: rounded(cpu.median),
      ms: rounded(time.median),
      peakRssMB: rounded(figureOf(of.map(({ peakRssMB }) => peakRssMB)).median),
      spread: { cpuMs: spreadOf(cpu), ms: spreadOf(time) },
      requests: rounded(Object.values(calls).reduce((sum, count) => sum + count, 0) / exports),
      calls: Object.fromEntries(
        Object.entries(calls).map(([call, count]) => [call, rounded(count / exports)]),
      ),
    };
  });
}

/** The processor time of one variant compared with another: the median of each round's ratio. */
export function cpuRatio(runs: SmallRuns, ours: string, rival: string): number | null {
  const { median } = ratioOf((runs[ours] ?? []).map(cpuMsOf), (runs[rival] ?? []).map(cpuMsOf));
  return Number.isNaN(median) ? null : rounded(median);
}

export function smallTable(summaries: readonly SmallSummary[]): string {
  const head = ['', 'CPU ms (spread)', 'ms (spread)', 'peak RSS MB', 'requests'];
  const row = ({ name, cpuMs, ms, peakRssMB, spread, requests }: SmallSummary) => [
    name,
    `${cpuMs} (${spread.cpuMs.join('–')})`,
    `${ms} (${spread.ms.join('–')})`,
    String(Math.round(peakRssMB)),
    String(requests),
  ];
  return table([head, ...summaries.map(row)]);
}

export function callTable(summaries: readonly SmallSummary[]): string {
  const names = [...new Set(summaries.flatMap(({ calls }) => Object.keys(calls)))].sort();
  const head = ['requests an export', ...summaries.map(({ name }) => name)];
  const row = (call: string) => [call, ...summaries.map(({ calls }) => String(calls[call] ?? '–'))];
  return table([head, ...names.map(row)]);
}

function cpuMsOf({ cpuSeconds, exports }: SmallRun): number {
  return (cpuSeconds * 1000) / exports;
}

function spreadOf({ least, most }: Figure): readonly [number, number] {
  return [rounded(least), rounded(most)];
}
