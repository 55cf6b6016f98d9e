import { exporterMemory } from '../../../lib/runtime-environment.ts';
import { type PriceName, priceList } from './price-list.ts';
import { usage } from './usage.ts';

/** Where an account’s bucket is, which decides the price of the transfer. */
export type DestinationPlace = 'same-region' | 'other-region' | 'internet';

/** One export: one window of one account. */
export interface ExportInput {
  readonly rows: number;
  /** Billed duration of the exporter, start-up included. */
  readonly seconds: number;
  /** Memory of the exporter in MB; by default what is deployed. */
  readonly memory?: number;
  readonly invocations?: number;
  /** Size of a row in DynamoDB; 400 bytes by default. */
  readonly rowBytes?: number;
  /** `internet` by default: Google Cloud, Azure. */
  readonly destination?: DestinationPlace;
  /** The share of exports with a stored credential, 0 to 1; the others use a role. 1 by default. */
  readonly withSecret?: number;
  /** Calls to KMS; by default those of a window that is exported while no other is. */
  readonly keyCalls?: number;
}

/** The parts of an export’s cost. */
export type ExportPart =
  | 'audit log reads'
  | 'other reads'
  | 'writes'
  | 'compute'
  | 'secret'
  | 'queue'
  | 'events'
  | 'keys'
  | 'logs'
  | 'transfer';

export interface ExportCostLine {
  readonly part: ExportPart;
  readonly price: PriceName;
  /** How many of the price's units. */
  readonly quantity: number;
}

const gb = 1_000_000_000;
const readUnitBytes = 4096;
const transferPrices = { 'other-region': 'otherRegionOut', internet: 'internetOut' } as const;

/** Everything that AWS bills for one export. docs/operator/cost.md explains the formula, which exists only here. */
export function exportCostLines(input: ExportInput): ExportCostLine[] {
  const { rows, seconds, memory = exporterMemory, invocations = 1 } = input;
  const {
    rowBytes = 400,
    destination = 'internet',
    withSecret = 1,
    keyCalls = usage.keyCallsPerWindow,
  } = input;
  const logGb = usage.logBytesPerWindow / gb;
  const line = (part: ExportPart, price: PriceName, quantity: number): ExportCostLine => ({
    part,
    price,
    quantity,
  });
  return [
    line('audit log reads', 'dynamodbReadUnit', Math.max(1, Math.ceil((rows * rowBytes) / readUnitBytes))),
    line('other reads', 'dynamodbReadUnit', usage.ledgerReadsPerWindow),
    line('writes', 'dynamodbWriteUnit', usage.ledgerWriteUnitsPerWindow),
    line('compute', 'lambdaGbSecond', (seconds * memory) / 1024),
    line('compute', 'lambdaRequest', invocations),
    line('secret', 'secretRequest', withSecret),
    line('queue', 'sqsRequest', usage.queueRequestsPerWindow),
    line('events', 'eventBridgeEvent', usage.eventsPerWindow),
    line('keys', 'kmsRequest', keyCalls),
    line('logs', 'logIngested', logGb),
    line('logs', 'logStored', logGb * usage.logMonths),
    ...(destination === 'same-region'
      ? []
      : [line('transfer', transferPrices[destination], deliveredBytes(rows) / gb)]),
  ];
}

/** US dollars for each part, and their sum. */
export interface ExportCost {
  readonly parts: Readonly<Record<ExportPart, number>>;
  readonly usd: number;
}

/** @param times the number of such exports */
export function exportCost(input: ExportInput, times = 1): ExportCost {
  const parts: Record<ExportPart, number> = {
    'audit log reads': 0,
    'other reads': 0,
    writes: 0,
    compute: 0,
    secret: 0,
    queue: 0,
    events: 0,
    keys: 0,
    logs: 0,
    transfer: 0,
  };
  for (const { part, price, quantity } of exportCostLines(input))
    parts[part] += times * quantity * priceList[price].usd;
  return { parts, usd: Object.values(parts).reduce((sum, usd) => sum + usd, 0) };
}

/** Size of the files of a window with so many rows. */
export function deliveredBytes(rows: number): number {
  return Math.max(rows * usage.deliveredBytesPerRow, usage.smallestFileBytes);
}
