import { type ExportCost, type ExportPart, exportCost } from '../../cli/commands/cost/export-cost.ts';
import { coldStartSeconds, exportSeconds } from '../../cli/commands/cost/export-time.ts';
import { usage } from '../../cli/commands/cost/usage.ts';
import type { Wave } from './simulate.ts';

export type WaveCost = Readonly<
  Record<'compute' | 'audit log read' | 'ledger' | 'other services' | 'transfer', number>
>;

/** What one wave costs, in US dollars, by the formula that `docs/operator/cost.md` explains. */
export function costOfWave(rows: Float64Array, { busySeconds, invocations, memory }: Wave): WaveCost {
  const cost = { compute: 0, 'audit log read': 0, ledger: 0, 'other services': 0, transfer: 0 };
  // The wave's time and invocations are divided equally among the exports.
  const seconds = busySeconds / rows.length;
  const share = invocations / rows.length;
  for (const some of rows) {
    const { parts } = exportCost({
      rows: some,
      seconds,
      memory,
      invocations: share,
      keyCalls: usage.keyCallsInWave,
    });
    for (const [part, usd] of Object.entries(parts) as [ExportPart, number][]) cost[groupOf[part]] += usd;
  }
  return cost;
}

const groupOf: Readonly<Record<ExportPart, keyof WaveCost>> = {
  'audit log reads': 'audit log read',
  'other reads': 'ledger',
  writes: 'ledger',
  compute: 'compute',
  secret: 'other services',
  queue: 'other services',
  events: 'other services',
  keys: 'other services',
  logs: 'other services',
  transfer: 'transfer',
};

/** What exports of one kind cost, in US dollars. */
export interface PricedExport extends ExportCost {
  readonly name: string;
  readonly largest: ExportPart;
}

const smallRows = 50;

/** @param memory of the exporter, in MB */
export function pricedExports(memory: number): readonly PricedExport[] {
  const alone = (rows: number) => ({
    rows,
    memory,
    seconds: coldStartSeconds(memory) + exportSeconds(rows, memory),
  });
  const inWave = {
    rows: smallRows,
    memory,
    seconds: exportSeconds(smallRows, memory),
    keyCalls: usage.keyCallsInWave,
  };
  return [
    priced('1 window of 1,000,000 rows', exportCost(alone(1_000_000))),
    priced(`1,000 windows of ${smallRows} rows, each alone`, exportCost(alone(smallRows), 1000)),
    priced(`1,000 windows of ${smallRows} rows, in a wave`, exportCost(inWave, 1000)),
  ];
}

function priced(name: string, cost: ExportCost): PricedExport {
  const [largest] = (Object.entries(cost.parts) as [ExportPart, number][]).reduce((one, other) =>
    other[1] > one[1] ? other : one,
  );
  return { name, ...cost, largest };
}
