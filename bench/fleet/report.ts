import { rounded } from '../measure/figures.ts';
import { table } from '../measure/table.ts';
import type { WaveCost } from './cost.ts';
import type { Bound, Wave } from './simulate.ts';

/** Seconds after midnight; US dollars. */
export interface WaveSummary {
  readonly concurrency: number;
  readonly half: number;
  readonly ninetyNine: number;
  readonly last: number;
  readonly bottleneck: Bound;
  readonly bounds: Readonly<Record<Bound, number>>;
  /** Deliveries in the busiest second: what the quotas of Secrets Manager and EventBridge have to allow. */
  readonly peakPerSecond: number;
  readonly exporterSeconds: number;
  readonly cost: WaveCost;
  readonly usd: number;
}

export function summaryOf(
  { concurrency, deliveredAt, busySeconds, bounds }: Wave,
  cost: WaveCost,
): WaveSummary {
  const after = (share: number) =>
    rounded(deliveredAt[Math.ceil(share * deliveredAt.length) - 1] ?? Number.NaN);
  const [bottleneck] = (Object.entries(bounds) as [Bound, number][]).reduce((one, other) =>
    other[1] > one[1] ? other : one,
  );
  return {
    concurrency,
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

/** `5:04`: minutes and seconds. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

export function waveTable(waves: readonly WaveSummary[]): string {
  const head = [
    'exporters at once',
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
