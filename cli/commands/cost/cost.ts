import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Run } from '../../run.ts';
import type { CommandContext } from '../../stage/context.ts';
import type { Report } from '../../terminal/report.ts';
import { type Column, table } from '../../terminal/table.ts';
import { wholeNumber } from '../../terminal/whole-number.ts';
import { type Breakdown, type CostInput, monthlyCost } from './monthly-cost.ts';
import { priceListDate, priceListRegion } from './price-list.ts';

/** Upper limit for accounts and rows, far above what a DynamoDB table holds. */
const mostCounted = 1e12;

interface CostOptions {
  readonly accounts: number;
  readonly rows: number;
  readonly rowBytes?: number;
  readonly windows?: number;
  readonly destination?: CostInput['destination'];
  readonly withSecret?: number;
  readonly egressAddresses?: number;
  readonly existingAuditLog?: boolean;
  readonly retentionMonths?: number;
  readonly recount?: boolean;
}

export function registerCost(program: Command, run: Run): void {
  program
    .command('cost')
    .description('estimate what a stage costs per month, from AWS’s list prices; see docs/operator/cost.md')
    .option('--accounts <number>', 'accounts of the stage', wholeNumber(0, mostCounted), 100)
    .option('--rows <number>', 'audit rows of one account in a month', wholeNumber(0, mostCounted), 1_000_000)
    .option('--row-bytes <number>', 'size of a row in DynamoDB (400)', positive)
    .option('--windows <number>', 'windows of one account in a month (182.5)', positive)
    .addOption(
      new Option('--destination <place>', 'where the buckets are (internet)').choices([
        'same-region',
        'other-region',
        'internet',
      ]),
    )
    .option('--with-secret <share>', 'share of accounts with a stored credential, 0 to 1 (1)', share)
    .option('--egress-addresses <number>', 'fixed egress addresses (0)', wholeNumber(0))
    .option('--existing-audit-log', 'the audit log is an existing table, whose cost is not counted')
    .option('--retention-months <number>', 'how long the stack’s own table keeps rows (12)', positive)
    .option('--recount', 'count each window again later (recountAfterHours)')
    .action(run(estimate));
}

function positive(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError('Expected a number, 0 or more.');
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('Expected a number from 0 to 1.');
}

async function estimate(_context: CommandContext, options: CostOptions): Promise<Report> {
  const cost = monthlyCost(inputOf(options));
  return {
    json: { ...cost, lines: cost.lines.map(line => ({ ...line })), priceListDate, priceListRegion },
    lines: terminal => [
      ...table(columns, groupsOf(cost), terminal),
      terminal.paint(
        'bold',
        `${dollars(cost.usd)} a month: ${dollars(cost.fixedUsd)} fixed, ${dollars(cost.usdPerAccount)} per account`,
      ),
      `Prices for ${priceListRegion} as of ${priceListDate}, without free tiers and discounts. Sources: docs/operator/cost.md.`,
    ],
  };
}

function inputOf(options: CostOptions): CostInput {
  const { rowBytes, windows, destination, withSecret, egressAddresses, retentionMonths } = options;
  return {
    accounts: options.accounts,
    rowsPerAccount: options.rows,
    ...(rowBytes !== undefined && { rowBytes }),
    ...(windows !== undefined && { windowsPerAccount: windows }),
    ...(destination !== undefined && { destination }),
    ...(withSecret !== undefined && { accountsWithSecret: withSecret }),
    ...(egressAddresses !== undefined && { egressAddresses }),
    ...(retentionMonths !== undefined && { retentionMonths }),
    ...(options.existingAuditLog === true && { ownAuditLog: false }),
    ...(options.recount === true && { recount: true }),
  };
}

interface Group {
  readonly name: string;
  readonly usd: number;
}

const columns: readonly Column<Group>[] = [
  { heading: 'what', text: ({ name }) => name },
  { heading: 'a month', align: 'right', text: ({ usd }) => dollars(usd) },
];

function groupsOf({ groups }: Breakdown): Group[] {
  return Object.entries(groups)
    .map(([name, usd]) => ({ name, usd }))
    .filter(({ usd }) => usd > 0)
    .sort((one, other) => other.usd - one.usd);
}

function dollars(usd: number): string {
  return `$${usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}
