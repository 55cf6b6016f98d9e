import { type PriceName, priceList } from '../../cli/commands/cost/price-list.ts';
import { usage } from '../../cli/commands/cost/usage.ts';
import { assumptions } from './assumptions.ts';
import type { Wave } from './simulate.ts';

export type WaveCost = Readonly<
  Record<'compute' | 'audit log read' | 'ledger' | 'other services' | 'transfer', number>
>;

const rowBytes = 400;
const readUnitBytes = 4096;

/** What one wave costs, in US dollars, by the prices and the usage that `docs/cost.md` explains. */
export function costOfWave(rows: Float64Array, { busySeconds, invocations }: Wave): WaveCost {
  const windows = rows.length;
  const allRows = rows.reduce((sum, some) => sum + some, 0);
  const readUnits = rows.reduce(
    (sum, some) => sum + Math.max(1, Math.ceil((some * rowBytes) / readUnitBytes)),
    0,
  );
  const price = (name: PriceName, quantity: number) => priceList[name].usd * quantity;
  return {
    compute: price('lambdaGbSecond', busySeconds * usage.exporterGb) + price('lambdaRequest', invocations),
    'audit log read': price('dynamodbReadUnit', readUnits),
    ledger:
      price('dynamodbWriteUnit', windows * assumptions.ledgerWriteUnitsPerWindow) +
      price('dynamodbReadUnit', windows * usage.ledgerReadsPerWindow),
    'other services':
      price('sqsRequest', windows * usage.queueRequestsPerWindow) +
      price('eventBridgeEvent', windows * usage.eventsPerWindow) +
      price('secretRequest', windows) +
      price('kmsRequest', windows * usage.keyCallsPerWindow) +
      price('logIngested', (windows * usage.logBytesPerWindow) / 1e9),
    transfer: price(
      'internetOut',
      Math.max(allRows * usage.deliveredBytesPerRow, windows * usage.smallestFileBytes) / 1e9,
    ),
  };
}
