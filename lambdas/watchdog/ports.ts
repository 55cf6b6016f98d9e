import type { Cursor } from '../domain/cursor.ts';
import type { ExportError } from '../domain/failure.ts';
import type { Instant } from '../domain/instant.ts';

/** The data that the watchdog reads. */
export interface WatchdogPorts {
  /** All account records, unchecked, in pages. */
  records(): AsyncIterable<readonly Record<string, unknown>[]>;
  /** The cursors of these accounts, without those that have none; an error if a cursor cannot be read. */
  cursors(accountIds: readonly string[]): Promise<ReadonlyMap<string, Cursor | ExportError>>;
}

/** Stores since when accounts have been waiting for their first export. */
export interface Sightings {
  /** Stores that these accounts are waiting now. Returns since when each was waiting at every survey. */
  note(accountIds: readonly string[], now: Instant): Promise<ReadonlyMap<string, Instant>>;
}
