import type { Instant } from '../domain/instant.ts';
import type { Sightings } from './ports.ts';

/** The longest window there is, where daylight saving ends: a new account waits no longer for its first boundary. */
const longestWindow = 5 * 3_600_000;

/**
 * The accounts that should have had their first export by now. A record does not tell when it was added or resumed,
 * so the watchdog remembers when it first saw the account wait: nobody is called for one that was added a moment ago.
 *
 * @param waiting active accounts that no exporter has seen since
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
