import { createRandom } from '../../local/sample/random.ts';

/** Half of the accounts have fewer rows than this in the window. */
const medianRows = 60;
/**
 * The standard deviation of the logarithm: one account in 40 has a hundred times the median, and
 * one in 20,000 five thousand times.
 */
const spread = 2.2;
const mostOfOrdinary = 2_000_000;
/** Very large accounts; `count` is for every 100,000 accounts. */
const giants = [
  { rows: 5_000_000, count: 20 },
  { rows: 20_000_000, count: 3 },
];

/** The number of rows in each account's window. The order is random, as in the queue. */
export function rowsOfAccounts(accounts: number): Float64Array<ArrayBuffer> {
  const random = createRandom(`a fleet of ${accounts}`);
  const rows = new Float64Array(accounts);
  for (let account = 0; account < accounts; account++) {
    // The Box-Muller transform: two uniform random numbers give a normally distributed one.
    const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    rows[account] = Math.min(Math.floor(medianRows * Math.exp(spread * normal)), mostOfOrdinary);
  }
  for (const giant of giants)
    for (let left = Math.round((giant.count * accounts) / 100_000); left > 0; left--)
      rows[random.below(accounts)] = giant.rows;
  return rows;
}
