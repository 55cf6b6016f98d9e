import { type Figure, figureOf, rounded } from '../measure/figures.ts';
import { table } from '../measure/table.ts';
import type { ColdOutcome } from './settings.ts';

/** Medians of a variant's cold starts. */
export interface ColdSummary extends ColdOutcome {
  readonly name: string;
  /** `importMs` and `driverMs` together. */
  readonly loadMs: number;
  /** The least and the greatest `loadMs` of one start. */
  readonly spread: readonly [number, number];
  readonly bundleBytes: number;
  readonly loadedBytes: number;
  readonly loadedSdks: readonly string[];
}

export function summaryOf(name: string, outcomes: readonly ColdOutcome[]) {
  const median = ({ median }: Figure) => rounded(median);
  const load = figureOf(outcomes.map(({ importMs, driverMs }) => importMs + driverMs));
  return {
    name,
    importMs: median(figureOf(outcomes.map(({ importMs }) => importMs))),
    driverMs: median(figureOf(outcomes.map(({ driverMs }) => driverMs))),
    loadMs: median(load),
    loadCpuMs: median(figureOf(outcomes.map(({ loadCpuMs }) => loadCpuMs))),
    spread: [rounded(load.least), rounded(load.most)] as const,
    invocationMs: median(figureOf(outcomes.map(({ invocationMs }) => invocationMs))),
  };
}

export function coldTable(summaries: readonly ColdSummary[]): string {
  const head = [
    '',
    'import ms',
    'driver ms',
    'both (spread)',
    'CPU ms',
    'first invocation ms',
    'bundle KB',
    'loaded KB',
    'SDK',
  ];
  const row = (summary: ColdSummary) => [
    summary.name,
    String(summary.importMs),
    String(summary.driverMs),
    `${summary.loadMs} (${summary.spread.join('–')})`,
    String(summary.loadCpuMs),
    String(summary.invocationMs),
    Math.round(summary.bundleBytes / 1000).toLocaleString('en'),
    Math.round(summary.loadedBytes / 1000).toLocaleString('en'),
    summary.loadedSdks.join(' ') || '–',
  ];
  return table([head, ...summaries.map(row)]);
}
