import type { Compression, Format } from './format.ts';
import type { Instant } from './instant.ts';
import type { Place } from './recipe.ts';
import type { Window } from './window.ts';

/**
 * A delivered file, with all that the ledger, the events and the logs say about it; or a window without records, for which
 * the account gets no object.
 */
export interface DeliveredFile {
  readonly window: Window;
  /** 1 for the window's first or only file. */
  readonly part: number;
  /** True for the window's last file, which completes the window. */
  readonly final: boolean;
  readonly place: Place;
  /** Absent for a window without an object. Then its sizes are 0, and the digest is that of no bytes. */
  readonly key?: string | undefined;
  readonly format: Format;
  readonly compression: Compression;
  /** Only for the format `ocsf`: the version of the settings with which its events were made; see `mappingId`. */
  readonly mapping?: string | undefined;
  readonly records: number;
  /** The number of malformed records (see `AuditRecord`); they are delivered nevertheless. */
  readonly malformed: number;
  /** The size of the object. */
  readonly bytes: number;
  /** The size of the lines before compression. */
  readonly uncompressedBytes: number;
  /** The SHA-256 of the object, in hexadecimal digits. */
  readonly sha256: string;
  /** The sort key of its last row; absent if the file is empty. */
  readonly lastSortKey?: string | undefined;
  /** The number of the successful attempt, counting this one and those with an unknown outcome. */
  readonly attempt: number;
  readonly startedAt: Instant;
  readonly deliveredAt: Instant;
}

/** A window whose files are all delivered. */
export interface DeliveredWindow {
  readonly window: Window;
  /** The records in all its files. */
  readonly records: number;
  /** When reading its rows began. */
  readonly readAt: Instant;
}
