import type { Violation } from '../world/world.ts';
import { type Customer, customers } from './customers.ts';
import { playWave, type Wave } from './wave.ts';

const hour = 3_600_000;
const year = 365 * 24 * hour;
const minute = 60_000;
/** The longest pause before a message comes again, and what is left of a suspension. */
const timeToCatchUp = 17 * minute;
/** A healthy account may wait so much longer than it would if nothing were wrong. */
export const bar = 1.5;

interface Scenario {
  readonly name: string;
  /** Those in trouble, or whose size is the trouble. The others are healthy. */
  readonly isTroubled: (customer: Customer) => boolean;
  /** Until when their buckets are silent, in milliseconds after the tick. */
  readonly silentUntil: number;
  /** True for those by which the others can be told, too. */
  readonly isTelling?: boolean;
  readonly change?: (customer: Customer, number: number) => Customer;
}

const inOneBucket = (customer: Customer): Customer => ({
  ...customer,
  destination: { type: 's3', bucket: 'audit-of-one-customer', region: 'eu-central-1' },
});
const isInOneBucket = ({ destination }: Customer) =>
  destination.type === 's3' && destination.bucket === 'audit-of-one-customer';

const scenarios: readonly Scenario[] = [
  {
    name: 'a cloud, with a third of the accounts',
    isTelling: true,
    isTroubled: ({ destination }) => destination.type === 'gcs',
    silentUntil: 2 * minute,
  },
  {
    name: 'a region of S3, with a third of the accounts',
    isTroubled: ({ destination }) => destination.type === 's3' && destination.region === 'eu-central-1',
    silentUntil: 2 * minute,
  },
  {
    name: 'one customer’s bucket, of one account',
    isTroubled: ({ accountId }) => accountId === 'account-0',
    silentUntil: 2 * minute,
  },
  {
    name: 'one customer’s bucket, of 20 accounts',
    isTroubled: isInOneBucket,
    silentUntil: 2 * minute,
    change: (customer, number) => (number % 100 === 0 ? inOneBucket(customer) : customer),
  },
  {
    name: 'one customer’s bucket, of a third of the accounts',
    isTelling: true,
    isTroubled: isInOneBucket,
    silentUntil: 2 * minute,
    change: (customer, number) => (number % 3 === 1 ? inOneBucket(customer) : customer),
  },
  {
    name: 'the buckets of eleven customers, in one region of S3',
    isTroubled: ({ accountId }) => Number(accountId.slice('account-'.length)) % 186 === 0,
    silentUntil: 2 * minute,
  },
  {
    name: 'one account with a year of history, of millions of rows',
    isTelling: true,
    isTroubled: ({ accountId }) => accountId === 'account-0',
    silentUntil: 0,
    change: (customer, number) =>
      number === 0 ? { ...customer, history: year, fileTakes: 35_000 } : customer,
  },
];

export interface Outcome {
  readonly name: string;
  readonly healthy: number;
  /** Milliseconds within which 99 of 100 healthy accounts had their file, without the trouble and with it. */
  readonly calm: number;
  readonly troubled: number;
  readonly ratio: number;
  /** Accounts without a file long after everything is well again. */
  readonly late: number;
  readonly silences: number;
  readonly violations: readonly Violation[];
}

/** What each kind of trouble costs the healthy. */
export async function measureFairness(
  onOutcome: (outcome: Outcome) => void = () => undefined,
  chosen: readonly Scenario[] = scenarios,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const calm = await playWave({ customers, isSilent: () => false, lasts: timeToCatchUp });
  for (const { name, isTroubled, silentUntil, change } of chosen) {
    const all = change ? customers.map(change) : customers;
    const troubled = await playWave({
      customers: all,
      isSilent: (customer, after) => after < silentUntil && isTroubled(customer),
      lasts: silentUntil + timeToCatchUp,
    });
    const healthy = all.filter(customer => !isTroubled(customer));
    const [before, after] = [p99(calm, healthy), p99(troubled, healthy)];
    const outcome: Outcome = {
      name,
      healthy: healthy.length,
      calm: before,
      troubled: after,
      ratio: after / before,
      late: all.filter(({ accountId, history }) => !history && !troubled.delays.has(accountId)).length,
      silences: troubled.silences,
      violations: [...calm.violations, ...troubled.violations],
    };
    outcomes.push(outcome);
    onOutcome(outcome);
  }
  return outcomes;
}

/** What is wrong with the outcome of the most telling troubles. */
export async function fairnessViolations(): Promise<readonly Violation[]> {
  const chosen = scenarios.filter(({ isTelling }) => isTelling);
  return (await measureFairness(undefined, chosen)).flatMap(({ name, ratio, late, violations }) => [
    ...violations,
    ...(ratio > bar
      ? [{ rule: 'fairness', text: `${name}: the healthy wait ${ratio.toFixed(2)} times as long` }]
      : []),
    ...(late > 0 ? [{ rule: 'liveness', text: `${name}: ${late} accounts have no file` }] : []),
  ]);
}

function p99({ delays }: Wave, healthy: readonly Customer[]): number {
  const sorted = healthy
    .map(({ accountId }) => delays.get(accountId) ?? Number.POSITIVE_INFINITY)
    .sort((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.POSITIVE_INFINITY;
}
