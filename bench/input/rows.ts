/** An audit row as the benchmarks store it: the attributes of one item. */
export interface BenchRow {
  readonly sortKey: string;
  readonly date: string;
  readonly email: string;
  readonly action: string;
  readonly actionId: string;
  readonly description: string;
  readonly ipAddress: string;
}

/** The window that holds all rows. */
export const benchWindow = {
  start: Date.parse('2025-11-22T04:00:00Z'),
  end: Date.parse('2025-11-22T08:00:00Z'),
};

/** Later rows repeat this block with other instants and numbers, so that a server needs to keep only one block. */
export const rowsPerBlock = 1_000_000;
export const mostRows = rowsPerBlock * 10;
const millisecondsPerRow = (benchWindow.end - benchWindow.start) / mostRows;

const people = ['aiko.brandt', 'björn.adeyemi', 'chloe.gupta', 'diego.haddad', 'eva.fischer', 'farid.castro'];
const actions = [
  ['Signed in', 'auth.sign_in', 'signed in with'],
  ['Viewed document', 'document.viewed', 'viewed "Straße & Söhne"'],
  ['Edited document', 'document.edited', 'edited a\tdraft'],
  ['Shared document', 'document.shared', 'shared 見積書 as billing admin'],
  ['Exported report', 'report.exported', 'exported C:\\reports'],
  ['Changed role', 'member.role_changed', 'made a member an owner,\nas asked for'],
] as const;
const words = (
  'account admin alert annual archive asset audit balance billing board branch budget campaign client cloud ' +
  'contract customer delivery design draft engine estimate finance forecast growth invoice journal ledger legal ' +
  'market meeting member metric monthly network notice office order partner payroll pipeline policy portal ' +
  'pricing product project quarter quote region release renewal report review risk roadmap salary sample ' +
  'schedule search security service strategy summary'
).split(' ');

/** The row with this number. The same number always gives the same row; its line of JSON has about 300 bytes. */
export function benchRow(number: number): BenchRow {
  const sortKey = sortKeyOf(number);
  const random = scramble(number % rowsPerBlock);
  const [second, third, fourth, fifth] = [1, 2, 3, 4].map(salt => scramble(random ^ salt)) as [
    number,
    number,
    number,
    number,
  ];
  const person = `${people[random % people.length]}.${(random >>> 16) % 40}`;
  const [action, actionId, what] = actions[(random >>> 8) % actions.length] ?? actions[0];
  const title = [second, second >>> 8, second >>> 16].map(word => words[word % words.length]).join(' ');
  const request = [random, third, fourth, fifth].map(hexadecimal).join('-');
  return {
    sortKey,
    date: dateOf(sortKey),
    email: `${person}@customer.example`,
    action,
    actionId,
    description: `${what} ${title} (doc_${second % 100_000}), request ${request}, session ${hexadecimal(second ^ fifth)}`,
    ipAddress: [random & 0xff, second & 0xff, third & 0xff, fourth & 0xff].join('.'),
  };
}

function hexadecimal(number: number): string {
  return number.toString(16).padStart(8, '0');
}

export function sortKeyOf(number: number): string {
  const recorded = new Date(benchWindow.start + Math.floor(number * millisecondsPerRow));
  return `${recorded.toISOString()}#${String(number).padStart(12, '0')}`;
}

/** The date of a row is the instant of its recording, which is the first part of the sort key. */
export function dateOf(sortKey: string): string {
  return sortKey.slice(0, 24);
}

/** A uniformly distributed 32-bit number that depends only on the seed: the finaliser of MurmurHash3. */
function scramble(seed: number): number {
  let mixed = (seed + 0x9e3779b9) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
