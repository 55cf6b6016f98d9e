import { exporterMemory } from '../../../lib/runtime-environment.ts';
import { type DestinationPlace, deliveredBytes, type ExportPart, exportCostLines } from './export-cost.ts';
import { coldStartSeconds, exportSeconds, exportTime } from './export-time.ts';
import { type PriceName, priceList } from './price-list.ts';
import { daysPerMonth, hoursPerMonth, ticksPerMonth, usage } from './usage.ts';

/** A fleet in an average month; the defaults describe a typical fleet. */
export interface CostInput {
  readonly accounts: number;
  /** Audit rows of one account in a month. */
  readonly rowsPerAccount: number;
  /** Size of a row in DynamoDB; 400 bytes by default. */
  readonly rowBytes?: number;
  /** Windows of one account in a month; 182.5 by default, six a day. */
  readonly windowsPerAccount?: number;
  /** Where the buckets are; `internet` by default: Google Cloud, Azure. */
  readonly destination?: DestinationPlace;
  /** The share of accounts with a stored credential, 0 to 1; the others use a role. 1 by default. */
  readonly accountsWithSecret?: number;
  /** Fixed egress addresses, each with a NAT gateway; 0 (no VPC) by default. */
  readonly egressAddresses?: number;
  /**
   * Whether the stack’s own table is the audit log, so that writing and storing its rows is counted; true by default.
   */
  readonly ownAuditLog?: boolean;
  /** Whether each window is counted again later (`recountAfterHours`); false by default. */
  readonly recount?: boolean;
  /** Months for which the rows stay in the stack's own table; 12 by default. */
  readonly retentionMonths?: number;
}

export type CostGroup =
  | 'audit log kept'
  | 'audit log read'
  | 'compute'
  | 'ledger and accounts'
  | 'queue and events'
  | 'secrets and keys'
  | 'logs and alarms'
  | 'transfer'
  | 'network';

export interface CostLine {
  readonly group: CostGroup;
  readonly price: PriceName;
  /** How many of the price's units a month. */
  readonly quantity: number;
  readonly usd: number;
  /** True if it is due even without accounts. */
  readonly fixed: boolean;
}

export interface Breakdown {
  readonly lines: readonly CostLine[];
  /** US dollars a month for each group. */
  readonly groups: Readonly<Record<CostGroup, number>>;
  /** US dollars a month in total. */
  readonly usd: number;
  /** The part of it that is due without any account. */
  readonly fixedUsd: number;
  /** What one more account of this size costs a month. */
  readonly usdPerAccount: number;
}

const gb = 1_000_000_000;

/**
 * What a stage costs a month, from AWS’s list prices. docs/operator/cost.md explains the formula.
 *
 * @throws RangeError if a figure is negative or not a number
 */
export function monthlyCost(input: CostInput): Breakdown {
  const fleet = complete(input);
  const lines = [...fixedLines(fleet), ...accountLines(fleet)].filter(({ quantity }) => quantity > 0);
  const total = (some: readonly CostLine[]) => some.reduce((sum, { usd }) => sum + usd, 0);
  const groups: Record<CostGroup, number> = {
    'audit log kept': 0,
    'audit log read': 0,
    compute: 0,
    'ledger and accounts': 0,
    'queue and events': 0,
    'secrets and keys': 0,
    'logs and alarms': 0,
    transfer: 0,
    network: 0,
  };
  for (const { group, usd } of lines) groups[group] += usd;
  const fixedUsd = total(lines.filter(({ fixed }) => fixed));
  const usd = total(lines);
  const oneAccount = accountLines({ ...fleet, accounts: 1 });
  return { lines, groups, usd, fixedUsd, usdPerAccount: total(oneAccount) };
}

type Fleet = Required<CostInput>;

function complete(input: CostInput): Fleet {
  const fleet: Fleet = {
    rowBytes: 400,
    windowsPerAccount: 6 * daysPerMonth,
    destination: 'internet',
    accountsWithSecret: 1,
    egressAddresses: 0,
    ownAuditLog: true,
    recount: false,
    retentionMonths: 12,
    ...input,
  };
  for (const [name, value] of Object.entries(fleet))
    if (typeof value === 'number' && !(value >= 0 && Number.isFinite(value)))
      throw new RangeError(`${name}: expected a number from 0, got ${value}`);
  return fleet;
}

function fixedLines({ egressAddresses, recount }: Fleet): CostLine[] {
  const line = lineOf(true);
  const { dispatcherGb, dispatcherSecondsPerTick, watchdogGb, watchdogSecondsPerRun } = usage;
  return [
    line('compute', 'lambdaGbSecond', ticksPerMonth * dispatcherGb * dispatcherSecondsPerTick),
    line('compute', 'lambdaGbSecond', hoursPerMonth * watchdogGb * watchdogSecondsPerRun),
    line('compute', 'lambdaRequest', ticksPerMonth + hoursPerMonth),
    line('queue and events', 'sqsRequest', usage.idlePollsPerMonth),
    line('secrets and keys', 'kmsKey', 1),
    line('logs and alarms', 'alarm', usage.alarms + (recount ? usage.recountAlarms : 0)),
    line('logs and alarms', 'customMetric', usage.metrics),
    line('logs and alarms', 'dashboard', 1),
    line('logs and alarms', 'logIngested', (ticksPerMonth * usage.logBytesPerTick) / gb),
    line('network', 'natHour', egressAddresses * hoursPerMonth),
    line('network', 'publicAddressHour', egressAddresses * hoursPerMonth),
  ];
}

const groupOf: Readonly<Record<ExportPart, CostGroup>> = {
  'audit log reads': 'audit log read',
  'other reads': 'ledger and accounts',
  writes: 'ledger and accounts',
  compute: 'compute',
  secret: 'secrets and keys',
  queue: 'queue and events',
  events: 'queue and events',
  keys: 'secrets and keys',
  logs: 'logs and alarms',
  transfer: 'transfer',
};

function accountLines(fleet: Fleet): CostLine[] {
  const line = lineOf(false);
  const { accounts, rowsPerAccount, egressAddresses } = fleet;
  return [
    ...exportLines(fleet),
    ...auditLogLines(fleet, accounts * rowsPerAccount),
    ...(fleet.recount ? recountLines(fleet, accounts * rowsPerAccount) : []),
    line(
      'compute',
      'lambdaGbSecond',
      accounts * hoursPerMonth * usage.watchdogSecondsPerAccount * usage.watchdogGb,
    ),
    line('ledger and accounts', 'dynamodbReadUnit', accounts * usage.fleetReadsPerAccount),
    line('secrets and keys', 'secret', accounts * fleet.accountsWithSecret),
    line('network', 'natGb', egressAddresses > 0 ? outGb(fleet) : 0),
  ];
}

/** The export of every window, as if the rows of the month were spread evenly over the windows. */
function exportLines(fleet: Fleet): CostLine[] {
  const { windowsPerAccount, rowBytes, destination, accountsWithSecret } = fleet;
  const windows = fleet.accounts * windowsPerAccount;
  if (windows === 0) return [];
  const rows = rowsPerWindow(fleet);
  // Each window counts a cold start, because most are hours apart.
  const seconds = coldStartSeconds() + exportSeconds(rows);
  return exportCostLines({ rows, seconds, rowBytes, destination, withSecret: accountsWithSecret }).map(
    ({ part, price, quantity }) => lineOf(false)(groupOf[part], price, windows * quantity),
  );
}

function rowsPerWindow({ rowsPerAccount, windowsPerAccount }: Fleet): number {
  return windowsPerAccount === 0 ? 0 : rowsPerAccount / windowsPerAccount;
}

function outGb(fleet: Fleet): number {
  return (fleet.accounts * fleet.windowsPerAccount * deliveredBytes(rowsPerWindow(fleet))) / gb;
}

/**
 * Cost of counting every window again: an eventually consistent read takes half the units and half the time. Reading
 * the window’s start and its ledger rows takes half a unit each; storing the progress takes one write.
 */
function recountLines(fleet: Fleet, rows: number): CostLine[] {
  const line = lineOf(false);
  const windows = fleet.accounts * fleet.windowsPerAccount;
  const seconds = windows * usage.recountSecondsPerWindow + rows / (2 * exportTime.rowsPerSecond);
  const units = Math.max((rows * fleet.rowBytes) / 4096, windows) / 2;
  return [
    line('audit log read', 'dynamodbReadUnit', units + windows / 2),
    line('compute', 'lambdaGbSecond', (seconds * exporterMemory) / 1024),
    line('ledger and accounts', 'dynamodbReadUnit', windows / 2),
    line('ledger and accounts', 'dynamodbWriteUnit', windows),
  ];
}

/** Writing and storing the rows, if the table is the stack’s own. */
function auditLogLines(fleet: Fleet, rows: number): CostLine[] {
  if (!fleet.ownAuditLog) return [];
  const line = lineOf(false);
  const keptGb = (rows * fleet.rowBytes * fleet.retentionMonths) / gb;
  return [
    line('audit log kept', 'dynamodbWriteUnit', rows * Math.ceil(fleet.rowBytes / 1024)),
    line('audit log kept', 'dynamodbStorage', keptGb),
    line('audit log kept', 'dynamodbRecovery', keptGb),
  ];
}

function lineOf(fixed: boolean) {
  return (group: CostGroup, price: PriceName, quantity: number): CostLine => ({
    group,
    price,
    quantity,
    usd: quantity * priceList[price].usd,
    fixed,
  });
}
