import { priceList } from '../../cli/commands/cost/price-list.ts';
import type { Measured } from '../measure/child.ts';
import { type Figure, figureOf, ratioOf, rounded } from '../measure/figures.ts';
import { table } from '../measure/table.ts';

/** One export by one variant. */
export interface ExportRun extends Measured<unknown> {
  readonly zipBytes: number;
}

export type ExportRuns = Readonly<Record<string, readonly ExportRun[]>>;

interface Workload {
  readonly rows: number;
  /** The size of the delivered lines before compression. */
  readonly bytes: number;
  /** The function's memory in MB, if the variants ran with the share of a processor that Lambda gives for it. */
  readonly memory: number | undefined;
}

export type VariantFigures = ReturnType<typeof variantFigures>;

/** The medians of a variant's runs, and in `spread` the least and the greatest value of each figure. */
function variantFigures(name: string, runs: readonly ExportRun[], { rows, bytes, memory }: Workload) {
  const figures = {
    rowsPerSecond: figureOf(runs.map(({ seconds }) => rows / seconds)),
    megabytesPerSecond: figureOf(runs.map(({ seconds }) => bytes / 1e6 / seconds)),
    cpuSecondsPerMillionRows: figureOf(runs.map(({ cpuSeconds }) => (cpuSeconds / rows) * 1e6)),
    peakRssMB: figureOf(runs.map(({ peakRssMB }) => peakRssMB)),
    zipBytes: figureOf(runs.map(({ zipBytes }) => zipBytes)),
  };
  const each = <Value>(pick: (figure: Figure) => Value) =>
    Object.fromEntries(Object.entries(figures).map(([figure, value]) => [figure, pick(value)])) as Record<
      keyof typeof figures,
      Value
    >;
  return {
    name,
    ...each(({ median }) => rounded(median)),
    /** What Lambda charges for the time of a million rows, in US dollars; `null` if the memory is unknown. */
    computeUsdPerMillionRows:
      memory === undefined ? null : rounded(computeUsd(1e6 / figures.rowsPerSecond.median, memory)),
    zipBytes: figures.zipBytes.median,
    spread: each(({ least, most }) => [rounded(least), rounded(most)]),
  };
}

function computeUsd(seconds: number, memory: number): number {
  return ((seconds * memory) / 1024) * priceList.lambdaGbSecond.usd;
}

/** The result that `--json` prints. */
export function exportResult(runs: ExportRuns, workload: Workload, names: { ours: string; limit: string }) {
  const figures = (name: string) => (runs[name] ? variantFigures(name, runs[name], workload) : undefined);
  const rivals = Object.keys(runs).filter(name => name !== names.ours && name !== names.limit);
  return {
    ours: figures(names.ours),
    rivals: rivals.map(figures),
    limit: figures(names.limit),
    ratios: ratios(runs[names.ours], runs[rivals[0] ?? ''], runs[names.limit]),
  };
}

/** Ours compared with the first rival and with the limit: medians of each round's ratio. */
function ratios(
  ours: readonly ExportRun[] = [],
  rival: readonly ExportRun[] = [],
  limit: readonly ExportRun[] = [],
) {
  const cpu = (runs: readonly ExportRun[]) => runs.map(({ cpuSeconds }) => cpuSeconds);
  const time = (runs: readonly ExportRun[]) => runs.map(({ seconds }) => seconds);
  const size = (runs: readonly ExportRun[]) => runs.map(({ zipBytes }) => zipBytes);
  const all = {
    speed: ratioOf(time(rival), time(ours)),
    cpu: ratioOf(cpu(ours), cpu(rival)),
    zipSize: ratioOf(size(ours), size(rival)),
    cpuToLimit: ratioOf(cpu(ours), cpu(limit)),
    timeToLimit: ratioOf(time(ours), time(limit)),
  };
  return Object.fromEntries(
    Object.entries(all).map(([name, { median }]) => [name, Number.isNaN(median) ? null : rounded(median)]),
  );
}

export function exportTable({ ours, rivals, limit }: ReturnType<typeof exportResult>): string {
  const head = [
    '',
    'rows/s',
    'MB/s',
    'CPU s per M rows',
    'peak RSS MB',
    'zip MB',
    'CPU to ours',
    'compute US$ per M rows',
  ];
  const row = (figures: VariantFigures) => [
    figures.name,
    withSpread(figures, 'rowsPerSecond'),
    String(figures.megabytesPerSecond),
    withSpread(figures, 'cpuSecondsPerMillionRows'),
    withSpread(figures, 'peakRssMB'),
    (figures.zipBytes / 1e6).toFixed(2),
    ours ? (figures.cpuSecondsPerMillionRows / ours.cpuSecondsPerMillionRows).toFixed(2) : '',
    figures.computeUsdPerMillionRows === null ? '' : figures.computeUsdPerMillionRows.toFixed(6),
  ];
  return table([head, ...[ours, ...rivals, limit].filter(figures => figures !== undefined).map(row)]);
}

function withSpread(figures: VariantFigures, name: keyof VariantFigures['spread']): string {
  const [least, most] = figures.spread[name];
  return `${figures[name].toLocaleString('en')} (${least?.toLocaleString('en')}–${most?.toLocaleString('en')})`;
}
