import type { Violation } from '../world/world.ts';
import { type Customer, customers } from './customers.ts';
import { playWave, type Wave } from './wave.ts';

const hour = 3_600_000;
const year = 365 * 24 * hour;
const minute = 60_000;
/** The longest delay of a retry, plus the rest of a suspension. */
const timeToCatchUp = 17 * minute;
/** How much longer a healthy account may wait than without the trouble. */
const usualBar = 1.5;

interface Scenario {
  readonly name: string;
  /** Replaces the usual customers. */
  readonly fleet?: readonly Customer[];
  /** The customers in trouble, or whose size is the trouble. The others are healthy. */
  readonly isTroubled: (customer: Customer) => boolean;
  /** The end of the silence of their buckets, in milliseconds after the tick. */
  readonly silentUntil: number;
  /** True if they have been silent since the previous window. */
  readonly wereSilent?: true;
  /** How much longer than without the trouble the healthy may wait, if not by `usualBar`. */
  readonly bar?: number;
  /** True for scenarios that are checked by default, because they cover the others. */
  readonly isTelling?: boolean;
  readonly change?: (customer: Customer, number: number) => Customer;
}

const inOneBucket = (customer: Customer): Customer => ({
  ...customer,
  destination: { type: 's3', bucket: 'audit-of-one-customer', region: 'eu-central-1' },
});
const isInOneBucket = ({ destination }: Customer) =>
  destination.type === 's3' && destination.bucket === 'audit-of-one-customer';

const isOdd = ({ accountId }: Customer) => Number(accountId.slice('account-'.length)) % 2 === 1;

/** So many accounts, each with its own bucket in the region, or storage account. */
function accountsOf(
  type: 's3' | 'azure',
  first: number,
  count: number,
  more: Partial<Customer> = {},
): readonly Customer[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `audit${first + index}`;
    return {
      accountId: `account-${first + index}`,
      destination:
        type === 's3'
          ? { type, bucket: name, region: 'eu-central-1' }
          : { type, storageAccount: name, container: 'audit' },
      ...more,
    };
  });
}

const withAzure = [...accountsOf('azure', 0, 1333), ...accountsOf('s3', 1333, 667)];
const isInSilentLocation = (customer: Customer) => customer.destination.type === 'azure' && isOdd(customer);
const isDueAtOnce = ({ dueAfter }: Customer) => dueAfter === undefined;

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
    name: 'a region of S3 that was silent in the window before, too',
    isTroubled: ({ destination }) => destination.type === 's3' && destination.region === 'eu-central-1',
    wereSilent: true,
    silentUntil: 30 * minute,
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
  {
    name: 'half of a region of S3, of 1,000 accounts and no others',
    isTelling: true,
    fleet: accountsOf('s3', 0, 1000),
    isTroubled: isOdd,
    silentUntil: 30 * minute,
    bar: 3.5,
  },
  {
    name: 'a location of Azure, with a third of the accounts',
    fleet: withAzure,
    isTroubled: isInSilentLocation,
    silentUntil: 30 * minute,
    bar: 2.6,
  },
  {
    name: 'that location, silent in the window before, too',
    fleet: withAzure,
    isTroubled: isInSilentLocation,
    wereSilent: true,
    silentUntil: 30 * minute,
  },
  {
    name: 'a region of S3; 30 healthy are due 10 minutes later',
    isTelling: true,
    fleet: [...accountsOf('s3', 0, 300), ...accountsOf('s3', 300, 30, { dueAfter: 600 })],
    isTroubled: isDueAtOnce,
    silentUntil: 30 * minute,
  },
  {
    name: 'most of Azure; 60 healthy are due 5 minutes later',
    fleet: [...accountsOf('azure', 0, 1500), ...accountsOf('azure', 1500, 60, { dueAfter: 300 })],
    isTroubled: isDueAtOnce,
    silentUntil: 30 * minute,
  },
];

export interface Outcome {
  readonly name: string;
  readonly healthy: number;
  /** The 99th percentile of the healthy accounts’ delay in milliseconds, without and with the trouble. */
  readonly calm: number;
  readonly troubled: number;
  readonly ratio: number;
  readonly bar: number;
  /** Milliseconds from the end of the silence until the other accounts have their files; absent without silence. */
  readonly recovery: number | undefined;
  /** Accounts without a file long after the end of the trouble. */
  readonly late: number;
  readonly silences: number;
  readonly violations: readonly Violation[];
}

/** Measures how each kind of trouble delays the healthy accounts. */
export async function measureFairness(
  onOutcome: (outcome: Outcome) => void = () => undefined,
  chosen: readonly Scenario[] = scenarios,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const calmWaves = new Map<readonly Customer[], Wave>();
  for (const scenario of chosen) {
    const { name, fleet = customers, isTroubled, silentUntil, wereSilent, change, bar = usualBar } = scenario;
    const calm =
      calmWaves.get(fleet) ??
      (await playWave({ customers: fleet, isSilent: () => false, lasts: timeToCatchUp }));
    calmWaves.set(fleet, calm);
    const all = change ? fleet.map(change) : fleet;
    const troubled = await playWave({
      customers: all,
      isSilent: (customer, after) => after < silentUntil && isTroubled(customer),
      ...(wereSilent && { wasSilent: isTroubled }),
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
      bar,
      recovery:
        silentUntil === 0
          ? undefined
          : Math.max(...all.filter(isTroubled).map(({ accountId }) => delayOf(troubled, accountId))) -
            silentUntil,
      late: all.filter(({ accountId, history }) => !history && !troubled.delays.has(accountId)).length,
      silences: troubled.silences,
      violations: [...calm.violations, ...troubled.violations],
    };
    outcomes.push(outcome);
    onOutcome(outcome);
  }
  return outcomes;
}

/** The violations in the scenarios that cover the others. */
export async function fairnessViolations(): Promise<readonly Violation[]> {
  const chosen = scenarios.filter(({ isTelling }) => isTelling);
  return (await measureFairness(undefined, chosen)).flatMap(({ name, ratio, bar, late, violations }) => [
    ...violations,
    ...(ratio > bar
      ? [{ rule: 'fairness', text: `${name}: the healthy wait ${ratio.toFixed(2)} times as long` }]
      : []),
    ...(late > 0 ? [{ rule: 'liveness', text: `${name}: ${late} accounts have no file` }] : []),
  ]);
}

function delayOf({ delays }: Wave, accountId: string): number {
  return delays.get(accountId) ?? Number.POSITIVE_INFINITY;
}

function p99(wave: Wave, healthy: readonly Customer[]): number {
  const sorted = healthy.map(({ accountId }) => delayOf(wave, accountId)).sort((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.POSITIVE_INFINITY;
}
