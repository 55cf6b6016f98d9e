import { type PriceName, priceList } from './price-list.ts';
import { daysPerMonth, hoursPerMonth, ticksPerMonth, usage } from './usage.ts';

/** Where an account's bucket is, as far as the price of the way there goes. */
export type DestinationPlace = 'same-region' | 'other-region' | 'internet';

/** A fleet in an average month; each default is a fleet as most are. */
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
  /** Addresses of the network for fixed egress, each with a gateway; 0 (no network) by default. */
  readonly egressAddresses?: number;
  /** Whether the audit log is the stack's own table, so that writing and keeping its rows is paid here; true by default. */
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
  /** True if it is there with no account at all. */
  readonly fixed: boolean;
}

export interface Breakdown {
  readonly lines: readonly CostLine[];
  /** US dollars a month for each group that costs anything. */
  readonly groups: Partial<Readonly<Record<CostGroup, number>>>;
  /** US dollars a month, all in all. */
  readonly usd: number;
  /** Of that, what the stage costs without any account. */
  readonly fixedUsd: number;
  /** What one more account of this size costs a month. */
  readonly usdPerAccount: number;
}

const gb = 1_000_000_000;

/**
 * What a stage costs a month by AWS's list prices. The only place with the formula; docs/cost.md explains it.
 *
 * @throws RangeError if a figure is negative or not a number
 */
export function monthlyCost(input: CostInput): Breakdown {
  const fleet = complete(input);
  const lines = [...fixedLines(fleet), ...accountLines(fleet)].filter(({ quantity }) => quantity > 0);
  const total = (some: readonly CostLine[]) => some.reduce((sum, { usd }) => sum + usd, 0);
  const groups: Partial<Record<CostGroup, number>> = {};
  for (const { group, usd } of lines) groups[group] = (groups[group] ?? 0) + usd;
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

function accountLines(fleet: Fleet): CostLine[] {
  const line = lineOf(false);
  const { accounts, rowsPerAccount, egressAddresses } = fleet;
  const windows = accounts * fleet.windowsPerAccount;
  const rows = accounts * rowsPerAccount;
  const exporterSeconds =
    windows * (usage.secondsPerWindow + usage.coldStartSeconds) + rows / usage.rowsPerSecond;
  const secrets = accounts * fleet.accountsWithSecret;
  const outGb = Math.max(rows * usage.deliveredBytesPerRow, windows * usage.smallestFileBytes) / gb;
  const logGb = (windows * usage.logBytesPerWindow) / gb;
  return [
    ...auditLogLines(fleet, rows, windows),
    ...(fleet.recount ? recountLines(fleet, rows, windows) : []),
    line('compute', 'lambdaGbSecond', exporterSeconds * usage.exporterGb),
    line(
      'compute',
      'lambdaGbSecond',
      accounts * hoursPerMonth * usage.watchdogSecondsPerAccount * usage.watchdogGb,
    ),
    line('compute', 'lambdaRequest', windows),
    line('ledger and accounts', 'dynamodbWriteUnit', windows * usage.ledgerWriteUnitsPerWindow),
    line(
      'ledger and accounts',
      'dynamodbReadUnit',
      windows * usage.ledgerReadsPerWindow + accounts * usage.fleetReadsPerAccount,
    ),
    line('queue and events', 'sqsRequest', windows * usage.queueRequestsPerWindow),
    line('queue and events', 'eventBridgeEvent', windows * usage.eventsPerWindow),
    line('secrets and keys', 'secret', secrets),
    line('secrets and keys', 'secretRequest', secrets * fleet.windowsPerAccount),
    line('secrets and keys', 'kmsRequest', windows * usage.keyCallsPerWindow),
    line('logs and alarms', 'logIngested', logGb),
    line('logs and alarms', 'logStored', logGb * usage.logMonths),
    ...(fleet.destination === 'same-region'
      ? []
      : [line('transfer', fleet.destination === 'internet' ? 'internetOut' : 'otherRegionOut', outGb)]),
    line('network', 'natGb', egressAddresses > 0 ? outGb : 0),
  ];
}

/** By the 4 KB, consistently. */
function unitsOfRead({ rowBytes }: Fleet, rows: number, windows: number): number {
  return Math.max((rows * rowBytes) / 4096, windows);
}

/** Eventually consistent reads take half the units and half the time; a window's bound and its ledger rows half a unit each. */
function recountLines(fleet: Fleet, rows: number, windows: number): CostLine[] {
  const line = lineOf(false);
  const seconds = windows * usage.recountSecondsPerWindow + rows / (2 * usage.rowsPerSecond);
  return [
    line('audit log read', 'dynamodbReadUnit', unitsOfRead(fleet, rows, windows) / 2 + windows / 2),
    line('compute', 'lambdaGbSecond', seconds * usage.exporterGb),
    line('ledger and accounts', 'dynamodbReadUnit', windows / 2),
    line('ledger and accounts', 'dynamodbWriteUnit', windows),
  ];
}

/** Reading is paid by the 4 KB and always consistent; writing and keeping only where the table is the stack's. */
function auditLogLines(fleet: Fleet, rows: number, windows: number): CostLine[] {
  const line = lineOf(false);
  const readUnits = unitsOfRead(fleet, rows, windows);
  const lines = [line('audit log read', 'dynamodbReadUnit', readUnits)];
  if (!fleet.ownAuditLog) return lines;
  const keptGb = (rows * fleet.rowBytes * fleet.retentionMonths) / gb;
  return [
    ...lines,
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
