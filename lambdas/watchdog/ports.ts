import type { Cursor } from '../domain/cursor.ts';
import type { ExportError } from '../domain/failure.ts';
import type { Instant } from '../domain/instant.ts';

/** What the watchdog looks at. */
export interface WatchdogPorts {
  /** Every account record, unchecked, a page at a time. */
  records(): AsyncIterable<readonly Record<string, unknown>[]>;
  /** The cursors of these accounts, as far as they have one; an error where it cannot be read. */
  cursors(accountIds: readonly string[]): Promise<ReadonlyMap<string, Cursor | ExportError>>;
}

/** The watchdog's own memory of accounts that wait for their first export. */
export interface Sightings {
  /** Notes that these accounts wait now; answers since when each has been seen waiting at every survey. */
  note(accountIds: readonly string[], now: Instant): Promise<ReadonlyMap<string, Instant>>;
}
