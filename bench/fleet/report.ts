import { rounded } from '../measure/figures.ts';
import { table } from '../measure/table.ts';
import type { PricedExport, WaveCost } from './cost.ts';
import type { Bound, Wave } from './simulate.ts';

/** Times in seconds after midnight, costs in US dollars. */
export interface WaveSummary {
  readonly concurrency: number;
  /** Of an exporter, in MB. */
  readonly memory: number;
  readonly half: number;
  readonly ninetyNine: number;
  readonly last: number;
  readonly bottleneck: Bound;
  readonly bounds: Readonly<Record<Bound, number>>;
  /** Deliveries in the busiest second: the quotas of Secrets Manager and EventBridge must allow as many calls. */
  readonly peakPerSecond: number;
  readonly exporterSeconds: number;
  readonly cost: WaveCost;
  readonly usd: number;
}

export function summaryOf(
  { concurrency, memory, deliveredAt, busySeconds, bounds }: Wave,
  cost: WaveCost,
): WaveSummary {
  const after = (share: number) =>
    rounded(deliveredAt[Math.ceil(share * deliveredAt.length) - 1] ?? Number.NaN);
  const [bottleneck] = (Object.entries(bounds) as [Bound, number][]).reduce((one, other) =>
    other[1] > one[1] ? other : one,
  );
  return {
    concurrency,
    memory,
    half: after(0.5),
    ninetyNine: after(0.99),
    last: after(1),
    bottleneck,
    bounds,
    peakPerSecond: busiestSecond(deliveredAt),
    exporterSeconds: Math.round(busySeconds),
    cost,
    usd: rounded(Object.values(cost).reduce((sum, usd) => sum + usd, 0)),
  };
}

function busiestSecond(deliveredAt: Float64Array): number {
  const perSecond = new Map<number, number>();
  for (const at of deliveredAt) perSecond.set(Math.floor(at), (perSecond.get(Math.floor(at)) ?? 0) + 1);
  return Math.max(...perSecond.values());
}

/** Minutes and seconds, as in `5:04`. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

export function waveTable(waves: readonly WaveSummary[]): string {
  const head = [
    'exporters at once',
    'MB',
    'half',
    '99 %',
    'last file',
    'bottleneck',
    'files/s at most',
    'exporter h',
    'US$',
  ];
  const row = (wave: WaveSummary) => [
    String(wave.concurrency),
    String(wave.memory),
    clock(wave.half),
    clock(wave.ninetyNine),
    clock(wave.last),
    `${wave.bottleneck} (${clock(wave.bounds[wave.bottleneck])})`,
    wave.peakPerSecond.toLocaleString('en'),
    (wave.exporterSeconds / 3600).toFixed(1),
    wave.usd.toFixed(2),
  ];
  return table([head, ...waves.map(row)]);
}

/** The last file may take at most this many times as long as with the best memory. */
const mostDelay = 1.1;

/** For each number of exporters: the cheapest memory with which the last file is at most `mostDelay` late. */
export function memoryChoices(waves: readonly WaveSummary[]): { concurrency: number; memory: number }[] {
  return [...Map.groupBy(waves, wave => wave.concurrency)].map(([concurrency, of]) => {
    const best = Math.min(...of.map(({ last }) => last));
    const inTime = of.filter(({ last }) => last <= mostDelay * best);
    const { memory } = inTime.reduce((one, other) => (other.usd < one.usd ? other : one));
    return { concurrency, memory };
  });
}

export function costTable(exports: readonly PricedExport[]): string {
  const head = ['US$', ...exports.map(({ name }) => name)];
  const share = (usd: number, all: number) => `${usd.toFixed(6)} (${Math.round((usd / all) * 100)} %)`;
  const parts = Object.keys(exports[0]?.parts ?? {}) as (keyof PricedExport['parts'])[];
  return table([
    head,
    ...parts.map(part => [part, ...exports.map(({ parts, usd }) => share(parts[part], usd))]),
    ['all', ...exports.map(({ usd }) => usd.toFixed(6))],
    ['the largest part', ...exports.map(({ largest }) => largest)],
  ]);
}
