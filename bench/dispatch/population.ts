import { timeZoneNames } from '../../lambdas/domain/time-zone-names.ts';
import { crossedBoundary } from '../../lambdas/domain/window.ts';

/** Noon in UTC, in winter: a quarter of the world's zones crosses a boundary. */
export const busyTick = Date.parse('2025-11-22T12:00:00Z');
const tickInterval = 15 * 60_000;

/** How many accounts exist, and how many of them are due at the tick. */
export interface Population {
  readonly accounts: number;
  readonly due: number;
}

/** The accounts of one zone: `count` accounts, numbered from `first`. */
export interface Zone {
  readonly timeZone: string;
  readonly first: number;
  readonly count: number;
}

/**
 * The zones of a population. The due accounts come first. As in the world, a few zones have most of the accounts and
 * many zones have very few.
 */
export function zonesOf({ accounts, due }: Population): readonly Zone[] {
  const dueZones = timeZoneNames.filter(isDue);
  const otherZones = timeZoneNames.filter(timeZone => !isDue(timeZone));
  return [...spread(dueZones, 0, due), ...spread(otherZones, due, accounts - due)];
}

export function isDue(timeZone: string): boolean {
  return crossedBoundary(timeZone, busyTick - tickInterval, busyTick);
}

export function accountIdOf(number: number): string {
  return `account-${String(number).padStart(10, '0')}`;
}

export function accountNumberOf(accountId: string): number {
  return Number(accountId.slice('account-'.length));
}

/** Distributes the accounts by Zipf's law: the first zone gets the most. */
function spread(timeZones: readonly string[], from: number, count: number): Zone[] {
  const harmonic = timeZones.reduce((sum, _, rank) => sum + 1 / (rank + 1), 0);
  let share = 0;
  let first = from;
  return timeZones.map((timeZone, rank) => {
    share += 1 / (rank + 1) / harmonic;
    const end = rank === timeZones.length - 1 ? from + count : from + Math.round(count * share);
    const zone = { timeZone, first, count: end - first };
    first = end;
    return zone;
  });
}
