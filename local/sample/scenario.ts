import type { Instant } from '../../lambdas/domain/instant.ts';
import { boundaryAtOrBefore } from '../../lambdas/domain/window.ts';
import type { Scenario } from '../account.ts';
import { sampleAccounts } from './accounts.ts';
import { sampleRows } from './rows.ts';

const hour = 3_600_000;

export interface SampleOptions {
  readonly accounts: number;
  /** Midnight of the first day, UTC. */
  readonly from: Instant;
  readonly days: number;
  readonly secretPrefix: string;
  /** The minutes of each hour at which a tick is sent. */
  readonly tickMinutes: readonly number[];
}

/**
 * The sample accounts over days in UTC, with all ticks of these days. All rows are in windows that end in these days,
 * so all are due by the last tick.
 */
export function sampleScenario({ accounts, from, days, secretPrefix, tickMinutes }: SampleOptions): Scenario {
  const upTo = from + days * 24 * hour;
  return {
    accounts: sampleAccounts(accounts, from, secretPrefix).map(record => ({
      record,
      rows: sampleRows(record.accountId, record.timeZone, boundaryAtOrBefore(record.timeZone, from), upTo),
    })),
    ticks: ticksAfter(from, upTo, tickMinutes),
  };
}

function ticksAfter(from: Instant, upTo: Instant, minutes: readonly number[]): Instant[] {
  const ticks: Instant[] = [];
  for (let start = from; start <= upTo; start += hour)
    for (const minute of minutes) {
      const tick = start + minute * 60_000;
      if (tick > from && tick <= upTo) ticks.push(tick);
    }
  return ticks;
}
