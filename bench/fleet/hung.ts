import { createRandom } from '../../local/sample/random.ts';
import { rounded } from '../measure/figures.ts';
import { table } from '../measure/table.ts';
import { createSilentPlace } from './place.ts';
import { simulateWave, type WaveOptions } from './simulate.ts';

/** How long healthy accounts wait for their file, in seconds from when their message can be received. */
interface Delay {
  readonly p50: number;
  readonly p99: number;
}

/** What it is to the healthy accounts that others' buckets stay silent. */
export interface HungSummary {
  readonly concurrency: number;
  readonly when: string;
  readonly without: Delay;
  readonly with: Delay;
  /** Of the p99, with the fault to without. */
  readonly ratio: number;
}

/** How the hung accounts come to the wave. */
const cases = [
  { when: 'the first window', failures: 0, isSuspended: false },
  { when: 'a later window, the place still suspended', failures: 8, isSuspended: true },
  { when: 'a later window, the suspension forgotten', failures: 8, isSuspended: false },
];

/** A wave with and without a place that takes connections and stays silent, at which a share of the accounts are. */
export function compareHung(
  rows: Float64Array,
  share: number,
  options: Pick<WaveOptions, 'concurrency' | 'memory'>,
): HungSummary[] {
  const hung = hungAccounts(rows.length, share);
  const isHealthy = (_: unknown, account: number) => !hung.has(account);
  const without = delayOf(simulateWave(rows, options).delays.filter(isHealthy));
  return cases.map(({ when, failures, isSuspended }) => {
    const fault = { accounts: hung, place: createSilentPlace(isSuspended), failures };
    const { delays } = simulateWave(rows, { ...options, hung: fault });
    const found = delayOf(delays.filter(isHealthy));
    return {
      concurrency: options.concurrency,
      when,
      without,
      with: found,
      ratio: rounded(found.p99 / without.p99),
    };
  });
}

function hungAccounts(accounts: number, share: number): ReadonlySet<number> {
  const random = createRandom(`hung of ${accounts}`);
  const hung = new Set<number>();
  while (hung.size < Math.round(share * accounts)) hung.add(random.below(accounts));
  return hung;
}

/** @throws Error if an account never got its file */
function delayOf(delays: Float64Array): Delay {
  if (delays.some(Number.isNaN)) throw new Error('A healthy account has no file');
  const sorted = delays.toSorted();
  const at = (share: number) => rounded(sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN);
  return { p50: at(0.5), p99: at(0.99) };
}

export function hungTable(summaries: readonly HungSummary[]): string {
  const head = [
    '',
    'exporters at once',
    'p50 s without',
    'p99 s without',
    'p50 s with',
    'p99 s with',
    'ratio of p99',
  ];
  const row = ({ when, concurrency, without, with: found, ratio }: HungSummary) => [
    when,
    ...[concurrency, without.p50, without.p99, found.p50, found.p99, ratio].map(String),
  ];
  return table([head, ...summaries.map(row)]);
}
