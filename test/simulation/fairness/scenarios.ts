import { type Customer, customers } from './customers.ts';
import { playWave, type Wave } from './wave.ts';

const hour = 3_600_000;
const year = 365 * 24 * hour;
const minute = 60_000;
/** A healthy account may wait so much longer than it would if nothing were wrong. */
export const bar = 1.5;

interface Scenario {
  readonly name: string;
  /** Those in trouble, or whose size is the trouble. The others are healthy. */
  readonly isTroubled: (customer: Customer) => boolean;
  readonly isSilent: boolean;
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
    isTroubled: ({ destination }) => destination.type === 'gcs',
    isSilent: true,
  },
  {
    name: 'a region of S3, with a third of the accounts',
    isTroubled: ({ destination }) => destination.type === 's3' && destination.region === 'eu-central-1',
    isSilent: true,
  },
  {
    name: 'one customer’s bucket, of one account',
    isTroubled: ({ accountId }) => accountId === 'account-0',
    isSilent: true,
  },
  {
    name: 'one customer’s bucket, of 20 accounts',
    isTroubled: isInOneBucket,
    isSilent: true,
    change: (customer, number) => (number % 100 === 0 ? inOneBucket(customer) : customer),
  },
  {
    name: 'one customer’s bucket, of a third of the accounts',
    isTroubled: isInOneBucket,
    isSilent: true,
    change: (customer, number) => (number % 3 === 1 ? inOneBucket(customer) : customer),
  },
  {
    name: 'the buckets of ten customers, in one region',
    isTroubled: ({ accountId }) => /-\d*[0]0$/.test(accountId) && Number(accountId.slice(8)) % 600 === 0,
    isSilent: true,
  },
  {
    name: 'one account with a year of history, of millions of rows',
    isTroubled: ({ accountId }) => accountId === 'account-0',
    isSilent: false,
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
  readonly silences: number;
  readonly violations: readonly string[];
}

/** What each kind of trouble costs the healthy. */
export async function measureFairness(onOutcome: (outcome: Outcome) => void = () => undefined) {
  const outcomes: Outcome[] = [];
  const calm = await playWave({ customers, isSilent: () => false, lasts: 10 * minute });
  for (const { name, isTroubled, isSilent, change } of scenarios) {
    const all = change ? customers.map(change) : customers;
    const troubled = await playWave({
      customers: all,
      isSilent: customer => isSilent && isTroubled(customer),
      lasts: 10 * minute,
    });
    const healthy = all.filter(customer => !isTroubled(customer));
    const [before, after] = [p99(calm, healthy), p99(troubled, healthy)];
    const outcome: Outcome = {
      name,
      healthy: healthy.length,
      calm: before,
      troubled: after,
      ratio: after / before,
      silences: troubled.silences,
      violations: [...calm.violations, ...troubled.violations],
    };
    outcomes.push(outcome);
    onOutcome(outcome);
  }
  return outcomes;
}

function p99({ delays }: Wave, healthy: readonly Customer[]): number {
  const sorted = healthy
    .map(({ accountId }) => delays.get(accountId) ?? Number.POSITIVE_INFINITY)
    .sort((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.POSITIVE_INFINITY;
}
