import { createRandom } from '../../local/sample/random.ts';

/** Of a fleet's windows: half have fewer rows than this. */
const medianRows = 60;
/** Of the logarithm: one account in 40 has a hundred times the median, and one in 20,000 five thousand times. */
const spread = 2.2;
const mostOfOrdinary = 2_000_000;
/** For every 100,000 accounts. */
const giants = [
  { rows: 5_000_000, count: 20 },
  { rows: 20_000_000, count: 3 },
];

/** The rows in the midnight window of each account, in the order in which the queue hands them out: any. */
export function rowsOfAccounts(accounts: number): Float64Array<ArrayBuffer> {
  const random = createRandom(`a fleet of ${accounts}`);
  const rows = new Float64Array(accounts);
  for (let account = 0; account < accounts; account++) {
    // Box and Muller's way from two even numbers to a normal one.
    const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    rows[account] = Math.min(Math.floor(medianRows * Math.exp(spread * normal)), mostOfOrdinary);
  }
  for (const giant of giants)
    for (let left = Math.round((giant.count * accounts) / 100_000); left > 0; left--)
      rows[random.below(accounts)] = giant.rows;
  return rows;
}
