import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CostInput, monthlyCost } from '../../cli/commands/cost/monthly-cost.ts';
import { priceList } from '../../cli/commands/cost/price-list.ts';
import { usage } from '../../cli/commands/cost/usage.ts';
import { tableRows } from './page-tables.ts';
import { synthesize } from './synthesis.ts';
import { resourcesOf } from './template-reading.ts';
import { writtenMetrics } from './written-telemetry.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/operator/cost.md'), 'utf8');
const fleet: CostInput = { accounts: 200, rowsPerAccount: 1_000_000 };

describe('what a stage costs a month', () => {
  test('is the sum of its lines, and of its groups', () => {
    const { lines, groups, usd } = monthlyCost(fleet);
    const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
    expect(sum(lines.map(line => line.usd))).toBeCloseTo(usd, 9);
    expect(sum(Object.values(groups))).toBeCloseTo(usd, 9);
    for (const { price, quantity, usd: cost } of lines)
      expect(cost).toBeCloseTo(quantity * priceList[price].usd, 9);
  });

  test('is what the stage costs by itself, and the same again for every account', () => {
    const { usd, fixedUsd, usdPerAccount } = monthlyCost(fleet);
    expect(usd).toBeCloseTo(fixedUsd + 200 * usdPerAccount, 6);
    expect(monthlyCost({ accounts: 0, rowsPerAccount: 0 }).usd).toBeCloseTo(fixedUsd, 9);
  });

  test('rises with rows, with windows, with distance and with a network', () => {
    const base = monthlyCost(fleet).usd;
    expect(monthlyCost({ ...fleet, rowsPerAccount: 2_000_000 }).usd).toBeGreaterThan(base);
    expect(monthlyCost({ ...fleet, windowsPerAccount: 365 }).usd).toBeGreaterThan(base);
    expect(monthlyCost({ ...fleet, egressAddresses: 2 }).usd).toBeGreaterThan(base);
    expect(monthlyCost({ ...fleet, destination: 'same-region' }).usd).toBeLessThan(base);
    expect(monthlyCost({ ...fleet, accountsWithSecret: 0 }).usd).toBeLessThan(base);
    expect(monthlyCost({ ...fleet, ownAuditLog: false }).usd).toBeLessThan(base);
  });

  test('rises by about half of what is read where windows are counted again', () => {
    const read = (input: CostInput) => monthlyCost(input).groups['audit log read'];
    expect(read({ ...fleet, recount: true }) / read(fleet)).toBeCloseTo(1.5, 2);
    const { usd, fixedUsd, usdPerAccount } = monthlyCost({ ...fleet, recount: true });
    expect(usd).toBeCloseTo(fixedUsd + 200 * usdPerAccount, 6);
  });

  test.each([
    { accounts: -1 },
    { rowsPerAccount: Number.NaN },
    { egressAddresses: Number.POSITIVE_INFINITY },
  ])('is not computed from %j', wrong => {
    expect(() => monthlyCost({ ...fleet, ...wrong })).toThrow(RangeError);
  });

  test('counts the alarms and metrics that there are', () => {
    const alarms = resourcesOf<object>(synthesize(), 'AWS::CloudWatch::Alarm');
    expect(usage.alarms).toBe(Object.keys(alarms).length);
    const metrics = new Set(writtenMetrics().map(metric => JSON.stringify(metric)));
    expect(usage.metrics).toBe(metrics.size);
  });
});

describe('docs/operator/cost.md', () => {
  const rows = tableRows(page);
  const fleets = rows.filter(([accounts = '']) => /^[\d,]+$/.test(accounts));

  test('has the figures that the formula gives', () => {
    expect(fleets.length).toBeGreaterThan(3);
    for (const [accounts = '', rowsPerAccount = '', ...figures] of fleets) {
      const cost = monthlyCost({ accounts: numberOf(accounts), rowsPerAccount: numberOf(rowsPerAccount) });
      expect(figures).toEqual([money(cost.usd), money(cost.usdPerAccount)]);
    }
  });

  test('names every price with its value, and says where it is from', () => {
    for (const { usd, unit, source } of Object.values(priceList)) {
      const [, price, from] = rows.find(([name]) => name === unit) ?? [];
      expect(price, unit).toBe(`$${plain(usd)}`);
      expect(from).toContain(source.from);
      if (source.kind === 'page') expect(from).toContain(source.on);
    }
  });
});

function numberOf(text: string): number {
  return Number(text.replaceAll(',', ''));
}

function money(usd: number): string {
  return `$${usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

function plain(usd: number): string {
  return usd.toLocaleString('en-US', { maximumFractionDigits: 12 });
}
