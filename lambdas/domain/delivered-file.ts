import type { Compression, Format } from './format.ts';
import type { Instant } from './instant.ts';
import type { Place } from './recipe.ts';
import type { Window } from './window.ts';

/** A delivered file as the ledger, the events and the logs tell of it. */
export interface DeliveredFile {
  readonly window: Window;
  /** 1 for the window's first or only file. */
  readonly part: number;
  /** True for the window's last file: with it the window is delivered. */
  readonly final: boolean;
  readonly place: Place;
  readonly key: string;
  readonly format: Format;
  readonly compression: Compression;
  readonly records: number;
  /** Records of which some value was not as expected; delivered all the same. */
  readonly malformed: number;
  /** Size of the object. */
  readonly bytes: number;
  /** Size of the lines before compression. */
  readonly uncompressedBytes: number;
  /** SHA-256 of the object, in hex. */
  readonly sha256: string;
  /** The sort key of the last row in it; absent if it is empty. */
  readonly lastSortKey?: string | undefined;
  /** Which attempt at this file it was, counting those whose outcome is unknown. */
  readonly attempt: number;
  readonly startedAt: Instant;
  readonly deliveredAt: Instant;
}

/** A window of which every file is delivered. */
export interface DeliveredWindow {
  readonly window: Window;
  /** Of all its files. */
  readonly records: number;
  /** When the reading of its rows began. */
  readonly readAt: Instant;
}
