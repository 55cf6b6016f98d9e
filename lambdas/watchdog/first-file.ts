import type { Instant } from '../domain/instant.ts';
import type { Sightings } from './ports.ts';

/** The longest window, at the end of daylight saving time. A new account never waits longer for its first boundary. */
const longestWindow = 5 * 3_600_000;

/**
 * The accounts that should have had their first export by now. A record does not contain when it
 * was added or resumed, so the watchdog stores when it first saw the account waiting. This avoids
 * an alarm for an account that was just added.
 *
 * @param waiting active accounts that no exporter has handled since they were added or resumed
 * @param grace how long after a window's end its file may take, in milliseconds
 */
export async function overdueFirstFiles(
  waiting: readonly string[],
  now: Instant,
  grace: number,
  sightings: Sightings,
): Promise<string[]> {
  const since = await sightings.note(waiting, now);
  return waiting.filter(accountId => now - (since.get(accountId) ?? now) > longestWindow + grace);
}
