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
  /** The minutes of every hour at which there is a tick. */
  readonly tickMinutes: readonly number[];
}

/**
 * The sample accounts over days of UTC, with every tick of those days. An account's rows lie in the windows that end in
 * those days, so that all of them are due by the last tick.
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
